/** Names and texts in SQL. Nothing else in this library puts a name into a statement (promise 6). */
import type { ResourceName } from '../Resource.ts'

/**
 * A name as SQL: always quoted, so that its stored spelling is meant, whatever characters it is made of (docs.snowflake.com, identifiers-syntax).
 *
 * @example
 * ```ts
 * import { quoteIdentifier } from 'on-demand-sync/snowflake'
 *
 * if (quoteIdentifier('my "table"') !== '"my ""table"""') throw new Error('unexpected')
 * ```
 */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Names from the outside in, joined by dots. */
export const qualify = (...names: ReadonlyArray<string>): string => names.map(quoteIdentifier).join('.')

/** A database, schema or relation as SQL. */
export const quoteName = ({ database, schema, table }: ResourceName): string =>
  qualify(...[database, schema, table].filter(name => name !== undefined))

/** A text as an SQL literal. Backslashes are escapes inside Snowflake's single quotes, so they are doubled too. */
export const quoteText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** A pattern for `LIKE` that matches exactly one name (up to case, which `SHOW … LIKE` ignores). */
export const exactPattern = (name: string): string => quoteText(name.replace(/[\\%_]/g, '\\$&'))

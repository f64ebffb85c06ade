/** Names back into text: as Snowflake shows them, and as DuckDB or a re-read needs them. */
import type { ObjectName } from './Cursor.ts'
import { isReserved } from './reservedWords.ts'

/** The identifier in double quotes, whatever it holds. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Quoted only where it must be, as SHOW GRANTS and error messages write it. */
export const displayIdentifier = (name: string): string =>
  /^[A-Z_][A-Z0-9_$]*$/.test(name) && !isReserved(name) ? name : quoteIdentifier(name)

export const displayName = (parts: ObjectName): string => parts.map(displayIdentifier).join('.')

/**
 * INFORMATION_SCHEMA: tables about a database, made of the catalogue when they are asked for, no more of them than WHERE can want.
 *
 * @see https://docs.snowflake.com/en/sql-reference/info-schema
 */
import type { Database, NameMatcher, Schema } from '../catalog/Container.ts'
import { findDatabase, requireCurrentDatabase } from '../statements/resolve.ts'
import { exactly } from '../statements/likePattern.ts'
import type { Row } from '../statements/ResultSet.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { doesNotExist, tooMuchInformation } from '../StatementError.ts'
import { queryOfRows } from './cells.ts'
import type { CompiledQuery } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { informationViews } from './information/informationViews.ts'
import { resolving } from './resolving.ts'
import type { Restrictions } from './restrictions.ts'

/** More rows than this are refused, as Snowflake refuses them. */
const rowLimit = 100_000

/** Undefined when the name is none of an information schema. */
export const informationSchemaTable = (
  compiler: Compiler,
  name: ObjectName,
  restrictions: Restrictions
): CompiledQuery | undefined => {
  const database = databaseAsked(compiler, name)
  if (database === undefined) return undefined
  const view = Object.hasOwn(informationViews, name.at(-1) ?? '') ? informationViews[name.at(-1) ?? ''] : undefined
  if (view === undefined) throw doesNotExist('Object', displayName(name), '42S02')
  const wanted = (column: string): NameMatcher | undefined => {
    const values = restrictions.get(column)
    return values === undefined ? undefined : exactly(Array.from(values))
  }
  const rows: Row[] = []
  for (const row of view.rows({ compiler, database, wanted })) {
    if (rows.length >= rowLimit) throw tooMuchInformation()
    rows.push(row)
  }
  return queryOfRows(compiler.plan, view.columns, rows)
}

const databaseAsked = (compiler: Compiler, name: ObjectName): Database | undefined => {
  if (name.length === 3 && name[1] === 'INFORMATION_SCHEMA') return findDatabase(resolving(compiler), name[0] ?? '')
  if (name.length === 2 && name[0] === 'INFORMATION_SCHEMA')
    return requireCurrentDatabase(resolving(compiler), 'SELECT')
  const schema: Schema | undefined = compiler.names.schema
  return name.length === 1 && schema?.name === 'INFORMATION_SCHEMA' ? compiler.names.database : undefined
}

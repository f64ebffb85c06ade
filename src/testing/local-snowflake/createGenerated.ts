/** A database of made-up tables. */
import type { Account } from './catalog/Account.ts'
import { generatedNamespace } from './catalog/generatedNamespace.ts'
import { namespaceOf } from './catalog/ObjectKind.ts'
import type { Securable } from './catalog/Securable.ts'
import type { Relation } from './catalog/Relation.ts'
import type { GeneratedDatabase } from './LocalSnowflake.ts'
import { createParser } from './sql/createParser.ts'
import { parseColumnList } from './sql/parseColumnDefinition.ts'
import { tokenize } from './sql/tokenize.ts'
import { appendColumns, buildRelation } from './statements/buildRelation.ts'
import { buildDatabase, buildSchema } from './statements/containers.ts'

const MOST_SCHEMAS = 10_000
const MOST_TABLES = 10_000_000

/** Throws a `TypeError` for numbers that cannot be, and a `StatementError` for columns that cannot be read. */
export const createGenerated = (
  account: Account,
  {
    name = 'GENERATED',
    schemas = 100,
    tablesPerSchema = 10_000,
    columns = 'ID NUMBER, NAME VARCHAR'
  }: GeneratedDatabase
): void => {
  requireRange('schemas', schemas, MOST_SCHEMAS)
  requireRange('tablesPerSchema', tablesPerSchema, MOST_TABLES)
  const owner = account.systemRole('ACCOUNTADMIN')
  const database = buildDatabase(account, name, owner)
  const list = `(${columns})`
  const definitions = parseColumnList(createParser(list, tokenize(list))).columns
  const width = String(schemas).length
  for (let number = 1; number <= schemas; number += 1) {
    const schema = buildSchema(account, database, `S${String(number).padStart(width, '0')}`, owner)
    const build = (tableName: string): Relation => {
      const relation = buildRelation(account, { kind: 'TABLE', schema, name: tableName, owner })
      appendColumns(account, relation, definitions)
      return relation
    }
    const first = build('')
    // Columns are replaced as a whole when a table changes, so the tables can share them until then; an identity they cannot share.
    const alike = (tableName: string): Relation => ({
      ...first,
      ...account.createSecurable('TABLE', tableName, { owner, parent: schema })
    })
    const makeTable: (tableName: string) => Securable = definitions.some(definition => definition.default !== undefined)
      ? build
      : alike
    schema.objects.set(
      namespaceOf('TABLE'),
      generatedNamespace({ stem: 'T', count: tablesPerSchema, owner }, makeTable)
    )
    database.schemas.add(schema)
  }
  account.databases.add(database)
}

const requireRange = (name: string, value: number, most: number): void => {
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw new TypeError(
      `options of startLocalSnowflake: generate.${name} must be a whole number from 1 to ${most}, not ${value}`
    )
}

/** One view of INFORMATION_SCHEMA, and how its rows find the objects asked for. */
import type { Database, NameMatcher, Schema } from '../../catalog/Container.ts'
import type { Relation } from '../../catalog/Relation.ts'
import { byPrivilege } from '../../statements/resolve.ts'
import { textColumn } from '../../statements/ResultSet.ts'
import type { ResultColumn, Row } from '../../statements/ResultSet.ts'
import { relationsIn, schemas } from '../../statements/walk.ts'
import type { Compiler } from '../Compiler.ts'
import { resolving } from '../resolving.ts'

export interface InformationView {
  readonly columns: ReadonlyArray<ResultColumn>
  readonly rows: (request: InformationRequest) => Iterable<Row>
}

export interface InformationRequest {
  readonly compiler: Compiler
  readonly database: Database
  /** Which names the query can want of a column, to look no further. */
  readonly wanted: (column: string) => NameMatcher | undefined
}

export const yesNo = (flag: boolean): string => (flag ? 'YES' : 'NO')

export const texts = (names: string): ReadonlyArray<ResultColumn> => names.split(', ').map(textColumn)

export function* requestedSchemas(
  { compiler, database, wanted }: InformationRequest,
  column: string
): Generator<Schema> {
  yield* schemas(resolving(compiler), database, byPrivilege, wanted(column))
}

export function* requestedRelations(
  request: InformationRequest,
  schemaColumn = 'TABLE_SCHEMA',
  nameColumn = 'TABLE_NAME'
): Generator<Relation> {
  for (const schema of requestedSchemas(request, schemaColumn)) {
    yield* relationsIn(resolving(request.compiler), schema, byPrivilege, request.wanted(nameColumn))
  }
}

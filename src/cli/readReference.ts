/** `table:SALES.PUBLIC.ORDERS` on a command line, as a reference. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../Fault.ts'
import { SyncException } from '../Promises.ts'
import { readWrittenNames } from '../policies/ResourcePattern.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference } from '../SyncRequest.ts'
import { ResourceReference as references } from '../SyncRequest.ts'

const refuse = (text: string, rule: string): SyncException =>
  new SyncException(SyncError.InvalidInput({ subject: `reference ${text}`, faults: [fault('', rule)] }))

const rule =
  'must be database:DB, schema:DB.SCHEMA, table:DB.SCHEMA.TABLE, view:DB.SCHEMA.VIEW or column:DB.SCHEMA.TABLE.COLUMN'

/** Reads a reference. Throws InvalidInput. */
export const readReference = (text: string): ResourceReference => {
  const at = text.indexOf(':')
  if (at < 0) throw refuse(text, rule)
  const type = text.slice(0, at)
  const names = readWrittenNames(text.slice(at + 1))
  if (E.isLeft(names)) throw refuse(text, names.left)
  const parts = names.right.map(name => name.text)
  const [database = '', schema = '', table = '', column = ''] = parts
  if (type === 'database' && parts.length === 1) return references.database(database)
  if (type === 'schema' && parts.length === 2) return references.schema(database, schema)
  if (type === 'table' && parts.length === 3) return references.table(database, schema, table)
  if (type === 'view' && parts.length === 3) return references.view(database, schema, table)
  if (type === 'column' && parts.length === 4) return references.column(database, schema, table, column)
  throw refuse(text, rule)
}

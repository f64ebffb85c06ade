/** Changes of what holds rows, and of who may see them: what no change stream carries. */
import type { Change } from '../../access/Change.ts'
import type { Step } from '../../access/Plan.ts'
import { describePrincipal } from '../../access/Principal.ts'
import type { Resource, ResourceName } from '../../Resource.ts'
import { describeName } from '../../Resource.ts'
import type { ObjectChange, ObjectImage, Operation } from '../ObjectChange.ts'
import { digestOf } from '../ObjectChange.ts'

/** The schemas that such changes are told under. */
export const catalogueSchemas: {
  readonly database: string
  readonly schema: string
  readonly relation: string
  readonly grant: string
  readonly mask: string
  readonly rowFilter: string
  readonly policy: string
} = Object.freeze({
  database: 'Database',
  schema: 'Schema',
  relation: 'Table',
  grant: 'Grant',
  mask: 'ColumnMask',
  rowFilter: 'RowFilter',
  policy: 'Policy'
})

/** A resource as an object: `kind`, `database`, `schema`, `table`, `columns` and `owner` can be filtered by. */
export const imageOfResource = ({ kind, name, owner, columns }: Resource): ObjectImage => ({
  id: describeName(name),
  kind,
  database: name.database,
  schema: name.schema ?? null,
  table: name.table ?? null,
  owner: owner ?? null,
  columns: columns.map(({ name: column, dataType }) => ({ name: column, dataType }))
})

/** The schema that a resource's changes are told under. */
export const schemaOfResource = ({ kind }: Pick<Resource, 'kind'>): string => {
  if (kind === 'database') return catalogueSchemas.database
  return kind === 'schema' ? catalogueSchemas.schema : catalogueSchemas.relation
}

const nameImage = ({ database, schema, table }: ResourceName): ObjectImage => ({
  database,
  schema: schema ?? null,
  table: table ?? null
})

/** What a change of access did, as a change of an object: the grant, the mask of a column, the filter of a table. */
export const accessChange = (datasetId: string, change: Change, at: string): ObjectChange => {
  const on = describeName(change.on)
  const make = (
    schema: string,
    id: string,
    before: ObjectImage | undefined,
    after: ObjectImage | undefined
  ): ObjectChange => {
    const operation: Operation = before === undefined ? 'CREATE' : after === undefined ? 'DELETE' : 'UPDATE'
    const eventId = digestOf('access', datasetId, schema, id, operation, at, JSON.stringify(after ?? null))
    const images = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
    return { datasetId, schema, id, operation, eventId, ...images }
  }
  switch (change.kind) {
    case 'grant':
    case 'revoke':
    case 'revoke grant option': {
      const { privilege, grantOption } = change
      const grantee = describePrincipal(change.grantee)
      const id = `${privilege} on ${on} to ${grantee}`
      const grant = { id, ...nameImage(change.on), privilege, grantee, grantOption }
      if (change.kind === 'grant') return make(catalogueSchemas.grant, id, undefined, grant)
      const [before, after] =
        change.kind === 'revoke'
          ? [grant, undefined]
          : [
              { ...grant, grantOption: true },
              { ...grant, grantOption: false }
            ]
      return make(catalogueSchemas.grant, id, before, after)
    }
    case 'set mask':
    case 'unset mask': {
      const id = `${on}.${change.column}`
      const image = (policy: string): ObjectImage => ({ id, ...nameImage(change.on), column: change.column, policy })
      const old = change.kind === 'unset mask' ? change.policy : change.replaces
      return make(
        catalogueSchemas.mask,
        id,
        old === undefined ? undefined : image(old),
        change.kind === 'unset mask' ? undefined : image(change.policy)
      )
    }
    case 'set filter':
    case 'drop filter': {
      const image = (policy: string): ObjectImage => ({
        id: on,
        ...nameImage(change.on),
        columns: [...change.columns],
        policy
      })
      const old = change.kind === 'drop filter' ? change.policy : change.replaces
      return make(
        catalogueSchemas.rowFilter,
        on,
        old === undefined ? undefined : image(old),
        change.kind === 'drop filter' ? undefined : image(change.policy)
      )
    }
  }
}

/** `CREATE MASKING POLICY IF NOT EXISTS "G"."P"."X" …`, `DROP ROW ACCESS POLICY IF EXISTS "G"."P"."X"`: what is made or dropped, and its name. */
const policyStatement =
  /^(CREATE|DROP) (MASKING|ROW ACCESS) POLICY (?:IF (?:NOT )?EXISTS )?((?:"(?:[^"]|"")*"\.){2}"(?:[^"]|"")*")/

/** What a step did that makes or drops a policy object; undefined for any other step. Policies are named by their content, so none is ever altered. */
export const policyChange = (
  datasetId: string,
  { phase, statement }: Pick<Step, 'phase' | 'statement'>,
  at: string
): ObjectChange | undefined => {
  const found = phase === 'prepare' || phase === 'tidy' ? policyStatement.exec(statement) : null
  if (found === null) return undefined
  const [, verb = '', kind = '', id = ''] = found
  const image = { id, kind: `${kind.toLowerCase()} policy` }
  const schema = catalogueSchemas.policy
  const change = { datasetId, schema, id, eventId: digestOf('policy', datasetId, id, verb, at) }
  return verb === 'CREATE'
    ? { ...change, operation: 'CREATE', after: { ...image, statement } }
    : { ...change, operation: 'DELETE', before: image }
}

/** Reads what there is: the grants on objects and the policies on relations, all of a round in one request. */
import * as E from 'fp-ts/lib/Either.js'
import type { ActualAccess } from '../access/AccessState.ts'
import type { Resource } from '../Resource.ts'
import { describeName, isRelation } from '../Resource.ts'
import type { SyncError } from '../SyncError.ts'
import { qualify, quoteName, quoteText } from './identifiers.ts'
import { entityDomain, grantType } from './objectType.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { toAttachedPolicies, toGrants, toRealKind } from './accessRows.ts'
import { describeRelation, toColumn } from './readCatalog.ts'
import type { Answer, ReadOptions } from './readMany.ts'
import { readMany } from './readMany.ts'
import type { SnowflakeClient, Statement } from './SnowflakeClient.ts'

const showGrants = ({ kind, name }: Resource): Statement => ({
  sql: `SHOW GRANTS ON ${grantType(kind)} ${quoteName(name)}`,
  operation: 'SHOW GRANTS',
  object: describeName(name),
  needs: ['a privilege on it', 'MANAGE GRANTS on the account']
})

const policyReferences = ({ kind, name }: Resource): Statement => ({
  sql: `SELECT * FROM TABLE(${qualify(name.database, 'INFORMATION_SCHEMA')}.POLICY_REFERENCES(REF_ENTITY_NAME => ${quoteText(quoteName(name))}, REF_ENTITY_DOMAIN => '${entityDomain(kind)}'))`,
  operation: 'POLICY_REFERENCES',
  object: describeName(name),
  needs: ['APPLY MASKING POLICY and APPLY ROW ACCESS POLICY on the account']
})

/**
 * What there is for each resource, or why that could not be found out. The resource in the answer has its real kind, which only `SHOW GRANTS` tells. Without a warehouse policies
 * are not read: the answer has grants only. `columnsToo`: its columns are those it has now.
 */
export const readAccess = async (
  client: SnowflakeClient,
  home: PolicySchema,
  resources: ReadonlyArray<Resource>,
  options: ReadOptions,
  columnsToo = false
): Promise<ReadonlyArray<E.Either<SyncError, ActualAccess>>> => {
  const relations = resources.filter(({ kind }) => isRelation(kind))
  const attachable = options.warehouse ? relations : []
  const described = columnsToo ? relations : []
  const reads = [...resources.map(showGrants), ...attachable.map(policyReferences), ...described.map(describeRelation)]
  const answers = (await readMany(client, reads, options)).values()
  const answersFor = (some: ReadonlyArray<Resource>): ReadonlyMap<Resource, Answer> =>
    new Map(some.map(each => [each, answers.next().value ?? E.right([])]))
  const grantsOf = answersFor(resources)
  const policiesOf = answersFor(attachable)
  const columnsOf = answersFor(described)
  const none: Answer = E.right([])
  return resources.map(resource => {
    const granted = grantsOf.get(resource) ?? none
    const attached = policiesOf.get(resource) ?? none
    const columns = columnsOf.get(resource)
    if (E.isLeft(granted)) return granted
    if (E.isLeft(attached)) return attached
    if (columns !== undefined && E.isLeft(columns)) return columns
    const kind = toRealKind(resource.kind, granted.right)
    return E.right({
      resource: { ...resource, kind, ...(columns === undefined ? {} : { columns: columns.right.map(toColumn) }) },
      grants: toGrants(granted.right),
      ...toAttachedPolicies(attached.right, home)
    })
  })
}

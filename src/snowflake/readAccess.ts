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
import type { ReadOptions } from './readMany.ts'
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
 * are not read: the answer has grants only.
 */
export const readAccess = async (
  client: SnowflakeClient,
  home: PolicySchema,
  resources: ReadonlyArray<Resource>,
  options: ReadOptions
): Promise<ReadonlyArray<E.Either<SyncError, ActualAccess>>> => {
  const relations = options.warehouse ? resources.filter(({ kind }) => isRelation(kind)) : []
  const reads = [...resources.map(showGrants), ...relations.map(policyReferences)]
  const answers = await readMany(client, reads, options)
  const policiesOf = new Map(relations.map((relation, index) => [relation, answers[resources.length + index]]))
  return resources.map((resource, index) => {
    const granted = answers[index] ?? E.right([])
    const attached = policiesOf.get(resource) ?? E.right([])
    if (E.isLeft(granted)) return granted
    if (E.isLeft(attached)) return attached
    const kind = toRealKind(resource.kind, granted.right)
    return E.right({
      resource: { ...resource, kind },
      grants: toGrants(granted.right),
      ...toAttachedPolicies(attached.right, home)
    })
  })
}

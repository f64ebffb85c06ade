/** A pipeline's workers for which everything is there and agrees already, and the requests that the benches send. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PolicySource, PolicySyncer, ResourceResolver } from 'on-demand-sync'
import { createMemoryPolicySource, createSyncRequest, nameOf, payloadCodec, ResourceReference } from 'on-demand-sync'

/** A request of one kilobyte for one of a hundred tables. */
export const body = (n: number): Buffer => {
  const encoded = payloadCodec.encode(
    createSyncRequest({ id: `task-${n}`, resources: [ResourceReference.table('SALES', 'PUBLIC', `ORDERS_${n % 100}`)] })
  )
  if (encoded._tag === 'Left') throw new Error('not encoded')
  const padded = { ...(JSON.parse(encoded.right) as object), padding: '' }
  return Buffer.from(JSON.stringify({ ...padded, padding: 'x'.repeat(1_024 - JSON.stringify(padded).length) }))
}

const resolver: ResourceResolver = {
  resolve: async function* (references) {
    yield await Promise.resolve(
      references.map(reference => ({
        _tag: 'Found' as const,
        resource: { kind: 'table' as const, name: nameOf(reference), columns: [] }
      }))
    )
  }
}

const syncer: PolicySyncer = {
  plan: desired =>
    TE.right({ resources: desired.map(({ resource, notes }) => ({ resource, notes })), steps: [], state: [] }),
  apply: plan =>
    TE.right(plan.resources.map(({ resource, notes }) => ({ resource, notes, result: 'unchanged' as const })))
}

export const noOpWorkers: {
  readonly resolver: ResourceResolver
  readonly policies: PolicySource
  readonly syncer: PolicySyncer
} = {
  resolver,
  policies: createMemoryPolicySource(resource => ({
    resource,
    ...{ grants: [], masks: [], notes: [], managed: { roles: [], users: [] } }
  })),
  syncer
}

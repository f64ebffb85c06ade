/** The in-memory implementations against the published suites. */
import {
  createBatcher,
  createBoundedQueue,
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  describeName,
  payloadCodec,
  teeAuditSink
} from 'on-demand-sync'
import type { Resource } from 'on-demand-sync'
import {
  auditSinkContract,
  batcherContract,
  boundedQueueContract,
  catalogueOf,
  eventSourceContract,
  payloadCodecContract,
  policySourceContract,
  policySyncerContract,
  resourceResolverContract
} from 'on-demand-sync/testing'
import type { ContractCase } from 'on-demand-sync/testing'
import { describe, it } from 'vitest'

const suite = (name: string, cases: ReadonlyArray<ContractCase>) =>
  describe(name, () => {
    for (const contractCase of cases) it(contractCase.name, contractCase.run)
  })

suite(
  'memory EventSource',
  eventSourceContract({
    make: bodies => Promise.resolve({ source: createMemoryEventSource(bodies, { partitions: 3, chunkSize: 7 }) })
  })
)
suite('PayloadCodec', payloadCodecContract({ make: () => payloadCodec }))
suite('BoundedQueue', boundedQueueContract({ make: options => createBoundedQueue(options) }))
suite('Batcher', batcherContract({ make: options => createBatcher(options) }))
suite(
  'memory ResourceResolver',
  resourceResolverContract({
    make: tables => Promise.resolve({ resolver: createMemoryResourceResolver(catalogueOf(tables)) })
  })
)
suite(
  'memory PolicySource',
  policySourceContract({
    make: () =>
      Promise.resolve({
        resources: catalogueOf([{ database: 'D', schema: 'S', table: 'T' }]),
        source: createMemoryPolicySource(resource => ({
          resource,
          grants:
            resource.kind === 'table'
              ? [{ privilege: 'SELECT', grantee: { type: 'role', name: 'R' }, grantOption: false }]
              : [],
          masks: [],
          managed: { roles: ['R'], users: [] },
          notes: []
        }))
      })
  })
)

const table = (name: string): Resource => ({
  kind: 'table',
  name: { database: 'D', schema: 'S', table: name },
  columns: [{ name: 'C', dataType: 'VARCHAR(10)' }]
})
suite(
  'memory PolicySyncer',
  policySyncerContract({
    make: () => {
      const stranger = {
        privilege: 'SELECT',
        grantee: { type: 'role' as const, name: 'STRANGER' },
        grantOption: false,
        changeable: true
      }
      const syncer = createMemoryPolicySyncer({ initial: [{ resource: table('T'), grants: [stranger], masks: [] }] })
      return Promise.resolve({
        syncer,
        tables: [table('T'), table('U')],
        roles: ['A', 'B', 'STRANGER'],
        grantToStranger: () => Promise.resolve(),
        maySelect: (role, on) =>
          Promise.resolve(
            syncer
              .accessOf(on)
              .grants.some(
                ({ grantee, privilege }) =>
                  grantee.name === role && privilege === 'SELECT' && describeName(on.name) !== ''
              )
          )
      })
    }
  })
)

const memorySink = () => {
  const sink = createMemoryAuditSink()
  return Promise.resolve({ sink, read: () => Promise.resolve(sink.records()) })
}
suite('memory AuditSink', auditSinkContract({ make: memorySink }))
suite(
  'tee AuditSink',
  auditSinkContract({
    make: () => {
      const first = createMemoryAuditSink()
      return Promise.resolve({
        sink: teeAuditSink([first, createMemoryAuditSink()]),
        read: () => Promise.resolve(first.records())
      })
    }
  })
)

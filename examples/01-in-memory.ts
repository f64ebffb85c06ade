/** The whole pipeline in memory: the shortest program that does everything. Run it with `npx tsx examples/01-in-memory.ts`. */
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  createSyncRequest,
  orThrow,
  payloadCodec,
  ResourceReference
} from 'on-demand-sync'

const request = createSyncRequest({ id: 'task-1', resources: [ResourceReference.table('SALES', 'PUBLIC', 'ORDERS')] })
const audit = createMemoryAuditSink()

const sync = createOnDemandSync({
  source: createMemoryEventSource([orThrow(payloadCodec.encode(request)), 'this is no request']),
  resolver: createMemoryResourceResolver([
    {
      kind: 'table',
      name: { database: 'SALES', schema: 'PUBLIC', table: 'ORDERS' },
      columns: [{ name: 'ID', dataType: 'NUMBER(38,0)' }]
    }
  ]),
  policies: createMemoryPolicySource(resource => ({
    resource,
    grants: [{ privilege: 'SELECT', grantee: { type: 'role', name: 'ANALYST' }, grantOption: false }],
    masks: [],
    managed: { roles: ['ANALYST'], users: [] },
    notes: []
  })),
  syncer: createMemoryPolicySyncer(),
  audit
})
await sync.start()
await sync.done

for (const { taskId = '-', status, statements, reason } of audit.records())
  process.stdout.write(`${taskId} ${status} ${reason ?? statements.join('; ')}\n`)
if (
  audit
    .records()
    .map(({ status }) => status)
    .join() !== 'SUCCESS,SKIPPED'
)
  throw new Error('unexpected')

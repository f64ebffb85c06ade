/** A database of 100,000 tables named in one request: memory, progress and how soon it can be called off. */
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createOnDemandSync,
  createSyncRequest,
  ResourceReference
} from 'on-demand-sync'
import { createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { report } from './Figure.ts'
import { startBenchSnowflake } from './localSnowflake.ts'

const total = 100_000
const cancelAfter = 1_000

export const subtree = async (): Promise<void> => {
  const snowflake = await startBenchSnowflake('BIG:10:10000')
  try {
    await snowflake.execute('CREATE DATABASE GOV; CREATE SCHEMA GOV.ODS; CREATE ROLE ANALYST')
    const { client } = snowflake
    const resident: Array<number> = []
    let resources = 0
    let onProgress = (): void => undefined
    const pipeline = createOnDemandSync({
      source: createMemoryEventSource([]),
      audit: createMemoryAuditSink(),
      resolver: createSnowflakeResolver({ client }),
      policies: createMemoryPolicySource(resource => ({
        resource,
        grants: [],
        masks: [],
        managed: { roles: ['ANALYST'], users: [] },
        notes: []
      })),
      syncer: createSnowflakeSyncer({ client, policySchema: { database: 'GOV', schema: 'ODS' } }),
      onEvent: event => {
        if (event.type !== 'progress') return
        resources = event.resources
        resident.push(process.memoryUsage().rss)
        onProgress()
      }
    })
    const request = createSyncRequest({ resources: [ResourceReference.database('BIG')] })

    const abort = new AbortController()
    let cancelledAt = 0
    onProgress = () => {
      if (resources < cancelAfter || cancelledAt > 0) return
      cancelledAt = performance.now()
      abort.abort()
    }
    const cancelled = await pipeline.run([request], { signal: abort.signal })()
    if (cancelled._tag === 'Right' || cancelled.left._tag !== 'Aborted') throw new Error('expected an end')
    const cancelMs = performance.now() - cancelledAt

    onProgress = () => undefined
    resident.length = 0
    await snowflake.countStatements()
    const start = performance.now()
    const done = await pipeline.run([request])()
    if (done._tag === 'Left') throw new Error(done.left._tag)
    const seconds = (performance.now() - start) / 1_000
    const quarter = Math.floor(resident.length / 4)
    const most = (some: ReadonlyArray<number>) => Math.max(...some) / 1_048_576
    const note = `${resources} resources, ${resident.length} progress events, ${await snowflake.countStatements()} requests, ${seconds.toFixed(0)} s`
    report(
      'resident memory, last quarter against first',
      most(resident.slice(-quarter)),
      most(resident.slice(0, quarter)),
      'MB',
      note
    )
    report('tables per second', total / seconds, 1, 'tables/s', 'no reference: nothing to change on them')
    report('time from cancel to end', cancelMs, 1, 'ms', `after ${cancelAfter} resources`)
  } finally {
    await snowflake.stop()
  }
}

/** Hearing what a change of the policies touches. */
import type { RangerSource, SnapshotChange } from '../sources/RangerSource.ts'
import type { SnapshotDifference, SnapshotDifferenceOptions } from './snapshotDifference.ts'
import { snapshotDifference } from './snapshotDifference.ts'

/**
 * Tells what each new snapshot of a source touches, once it is in force: what is synced from then on is synced by it. Returns how to stop hearing.
 *
 * **Details**: a snapshot that touches nothing is not told, nor is the one that a source takes out of its cache at its start: it was in force before, and what has changed since then is told with the
 * next one. The first snapshot of a source without a cache touches everything. It is told once: where the host ends before the requests are published, they are lost, so sync everything from time to
 * time as well.
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs'
 * import { toPromise } from 'on-demand-sync'
 * import { createRangerFileSource, onSnapshotDifference, snowflakeServiceDef, toSyncRequests } from 'on-demand-sync/policies'
 *
 * const path = `${mkdtempSync('/tmp/ranger-')}/policies.json`
 * const policies = [{ id: 1, resources: { database: { values: ['HR'] } }, policyItems: [] }]
 * writeFileSync(path, JSON.stringify({ serviceName: 'sf', policyVersion: 1, serviceDef: snowflakeServiceDef, policies }))
 *
 * const source = createRangerFileSource({ policies: path })
 * const requests: Array<unknown> = []
 * onSnapshotDifference(source, {}, difference => requests.push(...toSyncRequests(difference, { databases: ['HR'] })))
 * await toPromise(source.look())
 * if (requests.length !== 1) throw new Error('unexpected')
 * ```
 */
export const onSnapshotDifference = (
  source: Pick<RangerSource, 'onSnapshot'>,
  options: SnapshotDifferenceOptions,
  listener: (difference: SnapshotDifference, change: SnapshotChange) => void
): (() => void) =>
  source.onSnapshot(change => {
    if (change.from === 'cache') return
    const difference = snapshotDifference(change.before, change.after, options)
    if (difference.isEverything || difference.references.length > 0) listener(difference, change)
  })

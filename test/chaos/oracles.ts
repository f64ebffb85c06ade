/** What must hold, whatever happened. */
import { expect } from 'vitest'
import type { Audited } from './AuditTrail.ts'
import { firstAnswers, positionsOf } from './AuditTrail.ts'
import type { Requests } from './Requests.ts'

/** Promise 1: no checkpoint passed an event without a record. Read the checkpoints first: what is audited after they were read proves nothing. */
export const expectCheckpointsBehind = (trail: ReadonlyArray<Audited>, written: ReadonlyMap<string, number>): void => {
  const audited = positionsOf(trail)
  for (const [partitionId, sequenceNumber] of written)
    for (let n = 0; n <= sequenceNumber; n += 1)
      expect(
        audited.get(partitionId)?.has(n),
        `the checkpoint of partition ${partitionId} passed ${n}, which has no record`
      ).toBe(true)
}

/** Promise 2: every event is answered, and for what it was. */
export const expectAllAnswered = (trail: ReadonlyArray<Audited>, published: Requests['published']): void => {
  expect(new Set(trail.map(({ record }) => record.taskId)).size).toBe(published.size)
  expect(trail.filter(({ record }) => record.status === 'FAILED').map(({ record }) => record.reason)).toEqual([])
}

/** Each table's requests are in one partition, and answered in their order. */
export const expectOrderOfTables = (trail: ReadonlyArray<Audited>, published: Requests['published']): void => {
  const positions = new Map(trail.map(({ record }) => [record.taskId, record.position]))
  const answers = firstAnswers(trail)
  const lastOf = new Map<string, { readonly partitionId: string; readonly atMs: number }>()
  for (const [id, { table }] of published) {
    const { partitionId, sequenceNumber } = positions.get(id)!
    const atMs = answers.get(`${partitionId}@${sequenceNumber}`)!
    const before = lastOf.get(table) ?? { partitionId, atMs }
    expect(partitionId).toBe(before.partitionId)
    expect(atMs, `${id} was answered before its predecessor`).toBeGreaterThanOrEqual(before.atMs)
    lastOf.set(table, { partitionId, atMs })
  }
}

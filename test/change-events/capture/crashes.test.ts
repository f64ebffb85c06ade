/**
 * A poller that dies at any step of any poll: each net change is told at least once, under one id, in order per object, and nothing is lost.
 * `CAPTURE_SEEDS` raises the number of seeded runs.
 */
import type { ObjectChange, Told } from 'on-demand-sync/change-events'
import { createStreamCapture } from 'on-demand-sync/change-events'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import type { LocalSnowflake } from 'on-demand-sync/testing'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { clientOf, createReplica, dyingClient, outboxTable, sourceOf } from './captureAccount.ts'

const seeds = Number(process.env['CAPTURE_SEEDS'] ?? 10)

let snowflake: LocalSnowflake
let client: SnowflakeClient
beforeAll(async () => {
  snowflake = await startLocalSnowflake({ setup: 'CREATE DATABASE D; CREATE SCHEMA D.S; CREATE SCHEMA D.CAPTURE' })
  client = clientOf(snowflake)
})
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})

/** Mulberry32: the same numbers for the same seed, on every machine. */
const randomFrom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** One statement that changes rows and keeps ids unique. */
const randomStatement = (table: string, ids: Set<string>, next: (below: number) => number): string => {
  const free = ['1', '2', '3', '4', '5', '6', '7'].filter(id => !ids.has(id))
  const taken = [...ids]
  const pick = (list: ReadonlyArray<string>) => list[next(list.length)] ?? '1'
  const kind = next(10)
  if (kind < 4 && free.length > 0) {
    const id = pick(free)
    ids.add(id)
    return `INSERT INTO ${table} VALUES ('${id}', ${next(100)})`
  }
  if (taken.length === 0) return `UPDATE ${table} SET "n" = 1`
  const id = pick(taken)
  if (kind < 7) return `UPDATE ${table} SET "n" = ${next(100)} WHERE "id" = '${id}'`
  if (kind === 7 && free.length > 0) {
    const other = pick(free)
    ids.delete(id)
    ids.add(other)
    return `UPDATE ${table} SET "id" = '${other}' WHERE "id" = '${id}'`
  }
  if (kind === 8) return `INSERT OVERWRITE INTO ${table} SELECT "id", "n" + 1 FROM ${table}`
  ids.delete(id)
  return `DELETE FROM ${table} WHERE "id" = '${id}'`
}

const run = async (seed: number): Promise<{ readonly crashes: number; readonly duplicates: number }> => {
  const next = randomFrom(seed)
  const name = `T${seed}`
  const table = `D.S.${name}`
  await snowflake.execute(`CREATE TABLE ${table} ("id" VARCHAR, "n" INT)`)
  const replica = createReplica()
  const ids = new Set<string>()
  let crashes = 0

  /** Tells up to `most` changes, and dies then. */
  const teller = (most: number) => {
    let told = 0
    return {
      captured: (changes: ReadonlyArray<ObjectChange>): Promise<ReadonlyArray<Told>> => {
        for (const change of changes) {
          if (told >= most) return Promise.reject(new Error('crashed'))
          replica.take(change)
          told += 1
        }
        return Promise.resolve(changes.map(() => 'told' as const))
      }
    }
  }

  const poll = async (withClient: SnowflakeClient, most: number): Promise<boolean> => {
    const capture = createStreamCapture({
      client: withClient,
      sources: [sourceOf(name, { bootstrap: 'all rows' })],
      outbox: outboxTable,
      events: teller(most),
      maxObjects: 1 + next(3),
      keepSentMs: 0
    })
    const report = await capture.poll()()
    return 'right' in report && report.right.failed.length === 0
  }

  for (let round = 0; round < 4; round += 1) {
    for (let changes = next(6); changes > 0; changes -= 1) await snowflake.execute(randomStatement(table, ids, next))
    const dying = dyingClient(client, 1 + next(18), next(2) === 0 ? 'before' : 'after')
    const most = next(3) === 0 ? next(4) : Infinity
    if (!(await poll(dying.client, most))) crashes += 1
  }
  expect(await poll(client, Infinity)).toBe(true)
  expect(replica.faults).toEqual([])
  const rows = await snowflake.execute(`SELECT "id", "n" FROM ${table} ORDER BY 1`)
  expect([...replica.objects.values()].sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))).toEqual(rows)
  await snowflake.execute(`DROP TABLE ${table}; DROP STREAM D.CAPTURE.${name}_CHANGES`)
  return { crashes, duplicates: replica.duplicates() }
}

it(
  `${seeds} seeded lives of a poller that keeps dying`,
  async () => {
    let [crashes, duplicates] = [0, 0]
    for (let seed = 1; seed <= seeds; seed += 1) {
      const life = await run(seed).catch((cause: unknown) => {
        throw new Error(`seed ${seed}`, { cause })
      })
      crashes += life.crashes
      duplicates += life.duplicates
    }
    // The crashes happened, and some of them made changes come twice.
    expect(crashes).toBeGreaterThan(seeds)
    if (seeds >= 10) expect(duplicates).toBeGreaterThan(0)
  },
  Math.max(60_000, seeds * 3_000)
)

/** A Local Snowflake with tables to capture from, and ways for a poller to die. */
import * as E from 'fp-ts/lib/Either.js'
import { SyncError } from 'on-demand-sync'
import type { CaptureSource, ObjectChange, ObjectImage } from 'on-demand-sync/change-events'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'
import type { LocalSnowflake } from 'on-demand-sync/testing'

/** A client with a real session, as a poller has it. */
export const clientOf = (snowflake: LocalSnowflake): SnowflakeClient => {
  const { account, username, password, accessUrl } = snowflake.connectionOptions()
  return createSnowflakeClient({
    account,
    username,
    credentials: { password },
    accessUrl,
    role: 'ACCOUNTADMIN',
    warehouse: 'COMPUTE_WH'
  })
}

export const outboxTable = { database: 'D', schema: 'CAPTURE', table: 'OUTBOX' }

export const sourceOf = (table: string, over: Partial<CaptureSource> = {}): CaptureSource => ({
  datasetId: 'sales',
  schema: 'Order',
  table: { database: 'D', schema: 'S', table },
  stream: { database: 'D', schema: 'CAPTURE', table: `${table}_CHANGES` },
  idColumn: 'id',
  ...over
})

const dead = SyncError.Unavailable({ service: 'process', operation: 'crashed' })

/** A client whose process dies at its `at`th statement: `before` it gets there, or `after` it is done and before the answer is heard. */
export const dyingClient = (client: SnowflakeClient, at: number, when: 'before' | 'after') => {
  let statements = 0
  const isDead = () => statements > at
  const dying: SnowflakeClient = {
    ...client,
    query: (statement, options) => async () => {
      statements += 1
      if (isDead() || (statements === at && when === 'before')) {
        statements = Math.max(statements, at + 1)
        return E.left(dead)
      }
      const result = await client.query(statement, options)()
      if (statements !== at) return result
      statements += 1
      return E.left(dead)
    }
  }
  return { client: dying, isDead }
}

/** Somebody who is told, removes duplicates by event id, and keeps a copy of the objects. */
export const createReplica = () => {
  const objects = new Map<string, ObjectImage>()
  const seen = new Set<string>()
  const states = new Map<string, string>()
  const faults: Array<string> = []
  let duplicates = 0
  return {
    objects,
    /** What must not be; collected, because whoever tells would take a throw for a crash. */
    faults,
    duplicates: () => duplicates,
    take: (change: ObjectChange) => {
      const eventId = change.eventId ?? ''
      const content = JSON.stringify(change)
      if (seen.has(eventId)) {
        duplicates += 1
        if (states.get(eventId) !== content) faults.push(`one id for two changes: ${content}`)
        return
      }
      seen.add(eventId)
      states.set(eventId, content)
      // In order: what a change begins with is what the last one ended with.
      const held = objects.get(change.id)
      const known = held === undefined ? undefined : JSON.stringify(held)
      if (change.operation !== 'REFRESH' && JSON.stringify(change.before) !== known)
        faults.push(`out of order: ${content} after ${known ?? 'nothing'}`)
      if (change.after === undefined) objects.delete(change.id)
      else objects.set(change.id, change.after)
    }
  }
}

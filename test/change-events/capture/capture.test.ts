/** Capture, seen from outside: which statements it runs, several streams, lost streams, the schedule. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { SyncError } from 'on-demand-sync'
import type { ObjectChange, StreamCaptureOptions, TellingEvent, Told } from 'on-demand-sync/change-events'
import { createStreamCapture } from 'on-demand-sync/change-events'
import type { Row, SnowflakeClient } from 'on-demand-sync/snowflake'
import type { LocalSnowflake, ManualClock } from 'on-demand-sync/testing'
import { createManualClock, settled, startLocalSnowflake } from 'on-demand-sync/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changesOfRows } from '../../../src/change-events/capture/changesOfRows.ts'
import { clientOf, outboxTable, sourceOf } from './captureAccount.ts'

const day = 86_400_000

let clock: ManualClock
let snowflake: LocalSnowflake
let client: SnowflakeClient
beforeAll(async () => {
  clock = createManualClock({ startMs: Date.UTC(2026, 0, 1) })
  snowflake = await startLocalSnowflake({
    clock,
    setup: 'CREATE DATABASE D; CREATE SCHEMA D.S; CREATE SCHEMA D.CAPTURE'
  })
  client = clientOf(snowflake)
}, 60_000)
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})

let tables = 0
let table = ''
beforeEach(async () => {
  tables += 1
  table = `C${tables}`
  await snowflake.execute(`CREATE TABLE D.S.${table} ("id" VARCHAR, "n" INT)`)
})

const setUp = (over: Partial<StreamCaptureOptions> = {}) => {
  const told: Array<ObjectChange> = []
  const heard: Array<TellingEvent> = []
  const statements: Array<string> = []
  const watched: SnowflakeClient = {
    ...client,
    query: (statement, options) => {
      statements.push(statement.operation)
      return client.query(statement, options)
    }
  }
  const capture = createStreamCapture({
    client: watched,
    outbox: outboxTable,
    sources: [sourceOf(table)],
    events: {
      captured: changes => {
        told.push(...changes)
        return Promise.resolve(changes.map((): Told => 'told'))
      }
    },
    onEvent: event => void heard.push(event),
    clock,
    ...over
  })
  const poll = async () => {
    statements.length = 0
    const report = await capture.poll()()
    return E.isRight(report) ? report.right : undefined
  }
  const briefly = () => told.map(({ operation, id }) => `${operation} ${id}`)
  return { capture, poll, told, briefly, heard, statements }
}

const run = (...statements: ReadonlyArray<string>) =>
  Promise.all(statements.map(sql => snowflake.execute(sql.replaceAll('#', `D.S.${table}`))))

describe('a poll', () => {
  it('asks first, and touches the warehouse only where there is something', async () => {
    const { poll, statements, told } = setUp()
    await poll()
    await poll()
    expect(statements).toEqual(['SHOW STREAMS', 'SYSTEM$STREAM_HAS_DATA'])
    await run("INSERT INTO # VALUES ('1', 1)")
    expect(await poll()).toEqual({ changes: 1, failed: [] })
    expect(statements).toEqual([
      'SHOW STREAMS',
      'SYSTEM$STREAM_HAS_DATA',
      'INSERT from the stream',
      'SELECT the next batch',
      'SELECT a batch',
      'UPDATE as sent',
      'SELECT a batch',
      'SELECT the next batch',
      'DELETE what was sent'
    ])
    expect(told).toMatchObject([{ operation: 'CREATE', id: '1', after: { id: '1', n: 1 }, datasetId: 'sales' }])
    expect(Object.keys(told[0]?.after ?? {})).toEqual(['id', 'n'])
  })

  it('tells the net change: pairs by row id, and a changed id as DELETE and CREATE', async () => {
    await run("INSERT INTO # VALUES ('1', 1), ('2', 2), ('3', 3), ('4', 4)")
    const { poll, told } = setUp()
    await poll()
    await snowflake.execute(`
      UPDATE D.S.${table} SET "n" = 10 WHERE "id" = '1'; UPDATE D.S.${table} SET "n" = 11 WHERE "id" = '1';
      DELETE FROM D.S.${table} WHERE "id" = '2'; UPDATE D.S.${table} SET "id" = '33' WHERE "id" = '3';
      DELETE FROM D.S.${table} WHERE "id" = '4'; INSERT INTO D.S.${table} VALUES ('4', 44), ('5', 5), ('6', 6);
      DELETE FROM D.S.${table} WHERE "id" = '6'`)
    await poll()
    expect(told.map(({ operation, id, before, after }) => [operation, id, before?.['n'], after?.['n']])).toEqual([
      ['UPDATE', '1', 1, 11],
      ['DELETE', '2', 2, undefined],
      ['DELETE', '3', 3, undefined],
      ['CREATE', '33', undefined, 3],
      ['UPDATE', '4', 4, 44],
      ['CREATE', '5', undefined, 5]
    ])
    expect(new Set(told.map(({ eventId }) => eventId)).size).toBe(told.length)
  })

  it('gives columns other names where it is told to', async () => {
    const { poll, told } = setUp({ sources: [sourceOf(table, { fieldOf: name => `_${name}` })] })
    await poll()
    await run("INSERT INTO # VALUES ('1', NULL)")
    await poll()
    expect(told).toMatchObject([{ after: { _id: '1', _n: null } }])
  })

  it('begins with all rows where it is told to, as REFRESH, page by page', async () => {
    await run(`INSERT INTO # SELECT TO_VARCHAR(SEQ4() + 100), SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 25))`)
    const { poll, briefly, statements } = setUp({
      sources: [sourceOf(table, { bootstrap: 'all rows' })],
      maxObjects: 10
    })
    expect((await poll())?.changes).toBe(25)
    expect(briefly()).toEqual(Array.from({ length: 25 }, (_, n) => `REFRESH ${100 + n}`))
    expect(statements.filter(operation => operation === 'UPDATE as sent')).toHaveLength(3)
  })

  it('reports a row without an id, and goes on', async () => {
    const { poll, heard } = setUp()
    await poll()
    await run("INSERT INTO # VALUES (NULL, 1), ('1', 1)")
    expect((await poll())?.failed).toEqual([])
    expect(heard.filter(({ type }) => type === 'row without id')).toHaveLength(1)
  })

  it('keeps what was told for a while, and then no longer', async () => {
    const { poll, heard } = setUp({ keepSentMs: 2 * day })
    await poll()
    const rows = () => snowflake.execute(`SELECT * FROM D.CAPTURE.OUTBOX WHERE STREAM LIKE '%${table}_CHANGES'`)
    await run("INSERT INTO # VALUES ('1', 1)")
    await poll()
    expect(await rows()).toHaveLength(1)
    await clock.advance(3 * day)
    await run("INSERT INTO # VALUES ('2', 1)")
    await poll()
    expect(await rows()).toHaveLength(1)
    expect(heard).toContainEqual(expect.objectContaining({ type: 'purged', changes: 1 }))
  })

  it('drops what is old where nothing new came, too', async () => {
    const { poll, statements } = setUp({ keepSentMs: 2 * day })
    await poll()
    await run("INSERT INTO # VALUES ('1', 1)")
    await poll()
    const rows = () => snowflake.execute(`SELECT * FROM D.CAPTURE.OUTBOX WHERE STREAM LIKE '%${table}_CHANGES'`)
    await clock.advance(day)
    await poll()
    expect(statements).toEqual(['SHOW STREAMS', 'SYSTEM$STREAM_HAS_DATA'])
    expect(await rows()).toHaveLength(1)
    await clock.advance(2 * day)
    await poll()
    expect(await rows()).toEqual([])
    await poll()
    expect(statements).toEqual(['SHOW STREAMS', 'SYSTEM$STREAM_HAS_DATA'])
  })

  it('ends after the page that is being told, and the next poller tells the rest', async () => {
    await run(`INSERT INTO # SELECT TO_VARCHAR(SEQ4() + 100), SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 25))`)
    const told: Array<string> = []
    let stopping: Promise<void> | undefined
    const sources = [sourceOf(table, { bootstrap: 'all rows' })]
    const first = setUp({
      sources,
      maxObjects: 10,
      events: {
        captured: changes => {
          stopping ??= first.capture.stop()
          told.push(...changes.map(({ id }) => id))
          return Promise.resolve(changes.map((): Told => 'told'))
        }
      }
    })
    await first.poll()
    await stopping
    expect(told).toHaveLength(10)
    const next = setUp({ sources })
    await next.poll()
    expect([...told, ...next.told.map(({ id }) => id)]).toEqual(Array.from({ length: 25 }, (_, n) => String(n + 100)))
  })

  it('tries again what could not be told or kept', async () => {
    let end: Told = 'lost'
    const { poll, heard } = setUp({ events: { captured: changes => Promise.resolve(changes.map(() => end)) } })
    await poll()
    await run("INSERT INTO # VALUES ('1', 1)")
    expect((await poll())?.failed).toHaveLength(1)
    expect(heard.at(-1)).toMatchObject({ type: 'poll failed' })
    end = 'dead letter'
    expect(await poll()).toEqual({ changes: 1, failed: [] })
  })
})

describe('several streams', () => {
  it('do not wait for one that fails', async () => {
    const other = `${table}_OTHER`
    await snowflake.execute(`CREATE TABLE D.S.${other} ("id" VARCHAR)`)
    const { poll, briefly } = setUp({ sources: [sourceOf('NOT_THERE'), sourceOf(table), sourceOf(other)] })
    await poll()
    await snowflake.execute(`INSERT INTO D.S.${table} VALUES ('1', 1); INSERT INTO D.S.${other} VALUES ('2')`)
    const report = await poll()
    expect(report?.failed.map(({ stream }) => stream)).toEqual(['D.CAPTURE.NOT_THERE_CHANGES'])
    expect(briefly()).toEqual(['CREATE 1', 'CREATE 2'])
  })

  it('do not wait for one whose topic is slow or dead, in this poll or the next', async () => {
    const other = `${table}_OTHER`
    await snowflake.execute(`CREATE TABLE D.S.${other} ("id" VARCHAR)`)
    const time = createManualClock({ startMs: clock.now() })
    const told: Array<string> = []
    let answer = (): void => undefined
    const { capture } = setUp({
      clock: time,
      sources: [sourceOf(table, { datasetId: 'slow' }), sourceOf(other)],
      events: {
        captured: async changes => {
          if (changes[0]?.datasetId === 'slow') await new Promise<void>(resolve => (answer = resolve))
          told.push(...changes.map(({ id }) => id))
          return changes.map((): Told => 'told')
        }
      }
    })
    await capture.poll()()
    const insert = (id: string) =>
      snowflake.execute(`INSERT INTO D.S.${table} VALUES ('${id}', 1); INSERT INTO D.S.${other} VALUES ('${id}')`)
    await insert('1')
    capture.start()
    await expect.poll(() => told).toEqual(['1'])
    await insert('2')
    await expect.poll(() => time.timers()).toBe(1)
    await time.advance(3_600_000)
    await expect.poll(() => told).toEqual(['1', '2'])
    const stopped = capture.stop()
    answer()
    await stopped
    expect(time.timers()).toBe(0)
  })

  it('have one reader each', () => {
    expect(() => setUp({ sources: [sourceOf(table), sourceOf(table)] })).toThrow('sources[1].stream')
  })
})

describe('a stream that is lost', () => {
  const lose = async (how: () => Promise<unknown>, reason: string) => {
    const { poll, briefly, told, heard } = setUp()
    await poll()
    await run("INSERT INTO # VALUES ('1', 1)")
    await poll()
    await how()
    told.length = 0
    expect(await poll()).toMatchObject({ failed: [] })
    expect(heard.filter(({ type }) => type === 'stream recovered')).toMatchObject([{ reason }])
    await run("INSERT INTO # VALUES ('9', 1)")
    await poll()
    return briefly()
  }

  it('because it went stale is made anew, and all rows are told', async () => {
    const told = await lose(async () => {
      await run("INSERT INTO # VALUES ('2', 1)")
      await clock.advance(15 * day)
    }, 'Stale')
    expect(told).toEqual(['REFRESH 1', 'REFRESH 2', 'CREATE 9'])
  })

  it('because its table was made anew is made anew, and all rows are told', async () => {
    const told = await lose(
      () => snowflake.execute(`CREATE OR REPLACE TABLE D.S.${table} AS SELECT '7'::VARCHAR AS "id", 1 AS "n"`),
      'Base table dropped'
    )
    expect(told).toEqual(['REFRESH 7', 'CREATE 9'])
  })

  it('because somebody dropped it is made anew, and all rows are told', async () => {
    const told = await lose(() => snowflake.execute(`DROP STREAM D.CAPTURE.${table}_CHANGES`), 'The stream was dropped')
    expect(told).toEqual(['REFRESH 1', 'CREATE 9'])
  })

  it('before anything was read from it, or long after, is not taken for a new one', async () => {
    const { poll, briefly, heard } = setUp({ keepSentMs: 0 })
    const drop = () => snowflake.execute(`DROP STREAM D.CAPTURE.${table}_CHANGES`)
    await poll()
    await run("INSERT INTO # VALUES ('1', 1)")
    await drop()
    await poll()
    // Everything that was told is purged; whoever polls now is another process.
    await clock.advance(day)
    await poll()
    const other = setUp()
    await run("INSERT INTO # VALUES ('2', 1)")
    await drop()
    await other.poll()
    expect(briefly()).toEqual(['REFRESH 1'])
    expect(other.briefly()).toEqual(['REFRESH 1', 'REFRESH 2'])
    for (const each of [heard, other.heard])
      expect(each.filter(({ type }) => type === 'stream recovered')).toMatchObject([
        { reason: 'The stream was dropped' }
      ])
  })

  it('and made anew by a poller that dies before it reads it, still begins with REFRESH', async () => {
    await run("INSERT INTO # VALUES ('1', 1)")
    const sources = [sourceOf(table, { bootstrap: 'all rows' })]
    const diesBefore = (operation: string): SnowflakeClient => ({
      ...client,
      query: (statement, options) =>
        statement.operation === operation
          ? TE.left(SyncError.Unavailable({ service: 'process', operation: 'crashed' }))
          : client.query(statement, options)
    })
    const dying = setUp({ sources, client: diesBefore('INSERT from the stream') })
    expect((await dying.poll())?.failed).toHaveLength(1)
    const failing = setUp({ sources, client: diesBefore('SYSTEM$STREAM_HAS_DATA') })
    expect((await failing.poll())?.failed).toHaveLength(1)
    // The note that it began gets lost as well: what comes then was changed all the same.
    const late = setUp({ sources, client: diesBefore('DELETE a note') })
    expect((await late.poll())?.failed).toHaveLength(1)
    await run("INSERT INTO # VALUES ('2', 1)")
    const { poll, briefly } = setUp({ sources })
    await poll()
    expect(briefly()).toEqual(['REFRESH 1', 'CREATE 2'])
  })

  it('raises an alarm before', async () => {
    const { poll, heard } = setUp()
    await poll()
    await clock.advance(12 * day)
    await run("INSERT INTO # VALUES ('1', 1)")
    await poll()
    expect(heard.filter(({ type }) => type === 'stream at risk')).toHaveLength(1)
  })
})

describe('the schedule', () => {
  it('polls at once and then every hour, whatever happens, until it is stopped', async () => {
    const time = createManualClock()
    let asked = 0
    const failing: SnowflakeClient = {
      role: undefined,
      query: (): TE.TaskEither<SyncError, ReadonlyArray<Row>> => {
        asked += 1
        return TE.left(SyncError.Unavailable({ service: 'snowflake', operation: 'any' }))
      },
      close: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve()
    }
    const { capture, heard } = setUp({ client: failing, clock: time })
    capture.start()
    await settled()
    expect(asked).toBe(1)
    await time.advance(3_599_999)
    expect(asked).toBe(1)
    await time.advance(1)
    expect(asked).toBe(2)
    await time.advance(3_600_000)
    expect(heard.filter(({ type }) => type === 'poll failed')).toHaveLength(3)
    await capture.stop()
    expect(time.timers()).toBe(0)
  })
})

describe('rows of one object', () => {
  it('that two live rows share are told so that the one that is there wins', () => {
    const row = (rowId: string, action: 'INSERT' | 'DELETE', n: number) => ({
      objectId: '1',
      rowId,
      action,
      initial: false,
      object: JSON.stringify({ id: '1', n })
    })
    const changes = changesOfRows(sourceOf('T'), 'b', [
      row('a', 'DELETE', 1),
      row('b', 'DELETE', 2),
      row('c', 'INSERT', 3)
    ])
    expect(changes.map(({ operation }) => operation)).toEqual(['DELETE', 'UPDATE'])
    expect(changes.at(-1)?.after).toEqual({ id: '1', n: 3 })
  })
})

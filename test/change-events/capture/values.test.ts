/** Rows with values of every type: what is told is what is there, and no value blocks its stream. */
import * as E from 'fp-ts/lib/Either.js'
import type { LocalSnowflake } from 'on-demand-sync/testing'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createChangeEvents, createMemoryTopic, createStreamCapture } from 'on-demand-sync/change-events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowImage } from '../../../src/change-events/capture/rowImage.ts'
import { clientOf, outboxTable, sourceOf } from './captureAccount.ts'

describe('a row', () => {
  it.each([
    ['{"a":1,"b":null,"c":[true,"x"],"d":{"e":1.5}}', { a: 1, b: null, c: [true, 'x'], d: { e: 1.5 } }],
    ['{"a":NaN,"b":Infinity,"c":-Infinity,"d":[1,undefined,-inf]}', { a: null, b: null, c: null, d: [1, null, null] }],
    [
      '{"NaN":"NaN","u":"undefined, \\"{1234567890123456789}\\""}',
      { NaN: 'NaN', u: 'undefined, "{1234567890123456789}"' }
    ],
    [
      '{"a":9007199254740991,"b":1234567890123456,"c":0.30000000000000004}',
      { a: 9007199254740991, b: 1234567890123456, c: 0.30000000000000004 }
    ],
    ['{"a":12345678901234567890,"b":-9007199254740993}', { a: 12345678901234567890n, b: -9007199254740993n }],
    ['{"a":1.100000000000000e+00,"b":1234567890123.50000000000}', { a: 1.1, b: 1234567890123.5 }],
    ['{"a":{},"b":[],"c":[[{}],9007199254740993]}', { a: {}, b: [], c: [[{}], 9007199254740993n] }]
  ])('%s', (text, image) => {
    expect(rowImage(text)).toEqual(image)
  })

  it('keeps a field that is called like a prototype', () => {
    const image = rowImage('{"__proto__":{"a":NaN}}')
    expect(Object.keys(image)).toEqual(['__proto__'])
  })
})

describe('captured rows', () => {
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

  it('are told to the last digit, and filtered by it', async () => {
    await snowflake.execute(
      'CREATE TABLE D.S.V ("id" NUMBER(38, 0), "big" NUMBER(38, 0), "exact" NUMBER(38, 10), "f" FLOAT, "v" VARIANT, "day" DATE, "at" TIMESTAMP_NTZ(9), "none" INT)'
    )
    const [subscribed, all] = [createMemoryTopic('subscribed'), createMemoryTopic('all')]
    const events = createChangeEvents({
      definition: {
        locations: [{ id: 'L', enableEvents: true, combineRealTime: true }],
        datasets: [
          {
            id: 'sales',
            location: 'L',
            subscriptions: {
              topic: 'subscribed',
              subscriptions: [{ filter: 'big > 9007199254740992 && exact < 2000000000000000000' }]
            },
            notifications: { topic: 'all' }
          }
        ]
      },
      topics: { subscribed, all }
    })
    const capture = createStreamCapture({ client, sources: [sourceOf('V')], outbox: outboxTable, events })
    await capture.poll()()
    await snowflake.execute(`
      INSERT INTO D.S.V SELECT 12345678901234567890123, 9007199254740993, 1234567890123456789.0123456789, 'NaN'::FLOAT, PARSE_JSON('{"n":12345678901234567890}'), '0001-01-01'::DATE, '1850-01-02 03:04:05.123456789'::TIMESTAMP_NTZ, NULL;
      INSERT INTO D.S.V SELECT 2, 9007199254740992, 1.5, '-inf'::FLOAT, NULL, '9999-12-31'::DATE, NULL, 0`)
    expect(await capture.poll()()).toEqual(E.right({ changes: 2, failed: [] }))
    await events.stop()
    const images = all.messages().map(({ body }) => (body as { after: Record<string, unknown> }).after)
    expect(images).toMatchObject([
      {
        id: '12345678901234567890123',
        big: '9007199254740993',
        exact: '1234567890123456789.0123456789',
        f: null,
        v: { n: '12345678901234567890' },
        none: null
      },
      { id: 2, big: 9007199254740992, exact: 1.5, f: null, none: 0 }
    ])
    expect(String(images[0]?.['at'])).toMatch(/^1850-01-02.03:04:05\.123/)
    expect(String(images[0]?.['day'])).toBe('0001-01-01')
    expect(subscribed.messages().map(({ body }) => (body as { id: string }).id)).toEqual(['12345678901234567890123'])
  })
})

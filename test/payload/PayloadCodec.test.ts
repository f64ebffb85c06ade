import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { createPayloadCodec, describeFault, payloadCodec, SyncRequestCodec } from 'on-demand-sync/payload'
import { describe, expect, it } from 'vitest'
import { hostileNames, storedName, syncRequest } from '../arbitrary/syncRequest.ts'

const body = (resources: unknown, over: object = {}) => ({
  id: 't-1',
  type: 'RESOURCE_SYNC',
  appType: 'PS_CONNECTOR',
  appSubType: 'SNOWFLAKE',
  requestInfo: { resources },
  ...over
})
const table = (values: unknown) => ({ type: 'table', values })
const names = { database: 'D', schema: 'S', table: 'T' }
const decoded = (u: unknown) => {
  const result = payloadCodec.decode(u)
  if (E.isLeft(result)) throw new Error(result.left.faults.map(describeFault).join('\n'))
  return result.right
}
const rejected = (u: unknown) => {
  const result = payloadCodec.decode(u)
  if (E.isRight(result)) throw new Error('was accepted')
  return result.left
}
const references = (u: unknown) => decoded(u).requestInfo.resources

describe('PayloadCodec', () => {
  it('reads back what it writes, whatever the names', () => {
    fc.assert(
      fc.property(syncRequest, request => {
        const written = payloadCodec.encode(request)
        expect(written).toEqual(E.right(expect.any(String)))
        if (E.isLeft(written)) return
        expect(decoded(written.right)).toEqual(request)
        expect(decoded(new TextEncoder().encode(written.right))).toEqual(request)
        expect(decoded(JSON.parse(written.right))).toEqual(request)
      }),
      { numRuns: 2_000 }
    )
  })

  it('agrees with the strict codec on canonical requests', () => {
    fc.assert(
      fc.property(syncRequest, request => {
        expect(SyncRequestCodec.is(request)).toBe(true)
        expect(SyncRequestCodec.decode(request)).toEqual(E.right(request))
      }),
      { numRuns: 500 }
    )
  })

  it('survives 100,000 arbitrary JSON values, and never repeats one of their values', () => {
    const secret = 'S3CR3T-c0ffee'
    const poison = fc.letrec<{ value: unknown }>(tie => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(
          secret,
          `"${secret}`,
          null,
          0,
          -1,
          true,
          '',
          'table',
          'RESOURCE_SYNC',
          'SNOWFLAKE',
          NaN,
          Infinity,
          []
        ),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            'id',
            'type',
            'appType',
            'appSubType',
            'requestInfo',
            'resources',
            'values',
            'database',
            'schema',
            'table',
            'view',
            'column',
            '__proto__',
            'constructor',
            'createTime',
            'source'
          ),
          tie('value'),
          { maxKeys: 8 }
        )
      )
    })).value
    fc.assert(
      fc.property(
        fc.oneof(
          poison,
          fc.jsonValue(),
          poison.map(resources => body(resources)),
          poison.map(values => body([table(values)]))
        ),
        value => {
          const result = payloadCodec.decode(value)
          if (E.isRight(result)) return
          expect(result.left.faults.length).toBeGreaterThan(0)
          expect(result.left.faults.map(describeFault).join()).not.toContain(secret)
        }
      ),
      { numRuns: 100_000 }
    )
  }, 120_000)

  it('survives arbitrary bytes and text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.string(), fc.json()), raw => void payloadCodec.decode(raw)),
      { numRuns: 20_000 }
    )
  })

  it('never throws, even on objects with hostile accessors', () => {
    const hostile = {
      get id(): never {
        throw new Error('S3CR3T')
      }
    }
    expect(rejected(hostile).reason).toBe('unreadable')
    expect(
      rejected(
        new Proxy(
          {},
          {
            getOwnPropertyDescriptor: () => {
              throw new Error('S3CR3T')
            }
          }
        )
      ).reason
    ).toBe('unreadable')
  })

  it.each([
    undefined,
    null,
    7,
    NaN,
    true,
    [],
    'no json',
    '',
    '[]',
    '"text"',
    new Uint8Array([0xff, 0xfe]),
    Symbol('x'),
    () => 1
  ])('answers %s as unreadable', value => expect(rejected(value).reason).toBe('unreadable'))

  it('accepts any case of the fixed values and of the resource type', () => {
    const request = decoded(
      body([{ type: 'TaBLe', values: names }], {
        type: 'resource_sync',
        appType: 'ps_Connector',
        appSubType: 'snowflake'
      })
    )
    expect(request).toMatchObject({ type: 'RESOURCE_SYNC', appType: 'PS_CONNECTOR', appSubType: 'SNOWFLAKE' })
    expect(request.requestInfo.resources).toEqual([{ type: 'table', values: names }])
  })

  it('reads all five types, a view under table or view', () => {
    const values = { ...names, column: 'C' }
    expect(references(body(['database', 'schema', 'table', 'view', 'column'].map(type => ({ type, values }))))).toEqual(
      [
        { type: 'database', values: { database: 'D' } },
        { type: 'schema', values: { database: 'D', schema: 'S' } },
        { type: 'table', values: names },
        { type: 'view', values: names },
        { type: 'column', values }
      ]
    )
    expect(references(body([{ type: 'view', values: { database: 'D', schema: 'S', view: 'V' } }]))).toEqual([
      { type: 'view', values: { ...names, table: 'V' } }
    ])
  })

  it('spreads lists of names into one reference each, in order', () => {
    const resource = { type: 'column', values: { database: 'D', schema: 'S', table: ['T', 'U'], column: ['A', 'B'] } }
    expect(references(body([resource])).map(r => Object.values(r.values).join('.'))).toEqual([
      'D.S.T.A',
      'D.S.T.B',
      'D.S.U.A',
      'D.S.U.B'
    ])
  })

  it('unquotes quoted names and takes all others as they stand', () => {
    const read = (name: string) => references(body([table({ ...names, table: name })]))[0]?.values
    expect(read('"my table"')).toMatchObject({ table: 'my table' })
    expect(read('"a""b"')).toMatchObject({ table: 'a"b' })
    expect(read('"')).toMatchObject({ table: '"' })
    expect(read('lower')).toMatchObject({ table: 'lower' })
    expect(rejected(body([table({ ...names, table: '"a"b"' })])).faults[0]?.rule).toContain('double')
    expect(rejected(body([table({ ...names, table: '""' })])).reason).toBe('invalid')
  })

  it('reports all faults at once, each with its path', () => {
    const rejection = rejected({
      id: '',
      type: 'RESOURCE_SYNC',
      appType: 'PS_CONNECTOR',
      createTime: 'yesterday',
      requestInfo: {
        resources: [
          table({ database: 'D', schema: '', table: ['T', 7] }),
          3,
          { type: 'warehouse', values: {} },
          { type: 'schema' }
        ]
      }
    })
    expect(rejection.reason).toBe('unsupported')
    expect(rejection.faults.map(f => f.path)).toEqual([
      'id',
      'appSubType',
      'createTime',
      'requestInfo.resources[0].values.schema',
      'requestInfo.resources[0].values.table[1]',
      'requestInfo.resources[1]',
      'requestInfo.resources[2].type',
      'requestInfo.resources[3].values'
    ])
  })

  it('tells foreign, unsupported and invalid apart, and keeps the task id', () => {
    const resources = [table(names)]
    expect(rejected(body(resources, { appSubType: 'REDSHIFT' }))).toMatchObject({ reason: 'foreign', taskId: 't-1' })
    expect(rejected(body(resources, { appType: 'OTHER' })).reason).toBe('foreign')
    expect(rejected(body(resources, { type: 'PRINCIPAL_SYNC' })).reason).toBe('unsupported')
    expect(rejected(body([{ type: 'warehouse', values: { warehouse: 'W' } }])).reason).toBe('unsupported')
    expect(rejected(body([])).reason).toBe('invalid')
    expect(rejected(body(resources, { type: 'PRINCIPAL_SYNC', appSubType: 'REDSHIFT' })).reason).toBe('foreign')
  })

  it('ignores unknown fields and prototype keys', () => {
    const text = `{"id":"t-1","type":"RESOURCE_SYNC","appType":"PS_CONNECTOR","appSubType":"SNOWFLAKE","__proto__":{"source":"evil"},"extra":{"deep":[1]},
      "requestInfo":{"constructor":1,"resources":[{"type":"database","values":{"database":"D","__proto__":{"schema":"x"},"other":null},"more":1}]}}`
    expect(decoded(text)).toEqual(body([{ type: 'database', values: { database: 'D' } }]))
    expect(({} as { source?: string }).source).toBeUndefined()
    expect(rejected(body([table(Object.create(names))])).faults).toHaveLength(3)
  })

  it('reads a text with a byte order mark, as it reads such bytes', () => {
    const text = `\uFEFF${JSON.stringify(body([table(names)]))}`
    expect(decoded(text)).toEqual(decoded(Buffer.from(text)))
    expect(rejected(`\uFEFF${text}`).faults.map(describeFault)).toEqual(['must be JSON'])
  })

  it('survives deep nesting and huge lists', () => {
    expect(rejected('['.repeat(200_000)).reason).toBe('unreadable')
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(
      decoded(
        `{"id":"t-1","type":"RESOURCE_SYNC","appType":"PS_CONNECTOR","appSubType":"SNOWFLAKE","x":${deep},"requestInfo":{"resources":[{"type":"database","values":{"database":"D"}}]}}`
      ).id
    ).toBe('t-1')
    const many = Array.from({ length: 200_000 }, (_, i) => `T${i}`)
    expect(rejected(body([table({ ...names, table: many })])).faults[0]?.rule).toContain('at most 10000')
    expect(rejected(body([table({ ...names, schema: many, table: many })])).faults[0]?.rule).toContain('at most 10000')
    const broken = rejected(body(Array.from({ length: 100_000 }, () => 1)))
    expect(broken.faults).toHaveLength(101)
    expect(broken.faults.at(-1)?.rule).toBe('and 99900 more faults')
  })

  it('holds names to Snowflake limits', () => {
    for (const name of hostileNames)
      expect(
        references(
          body([table({ ...names, table: [name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name] })])
        )
      ).toHaveLength(1)
    expect(rejected(body([table({ ...names, table: 'x'.repeat(256) })])).reason).toBe('invalid')
    expect(rejected(body([table({ ...names, table: 'a\ud800b' })])).reason).toBe('invalid')
  })

  it('refuses to write what breaks a rule, naming the field and not the value', () => {
    const request = { ...decoded(body([table(names)])), createTime: 'S3CR3T' }
    const written = payloadCodec.encode(request)
    expect(written).toMatchObject(E.left({ _tag: 'InvalidInput', faults: [{ path: 'createTime' }] }))
    expect(JSON.stringify(written)).not.toContain('S3CR3T')
    fc.assert(
      fc.property(storedName, name => {
        const tooLong = name.padEnd(300, 'x')
        expect(payloadCodec.encode(decoded(body([table(names)])))._tag).toBe('Right')
        expect(
          payloadCodec.encode({
            ...request,
            id: '',
            requestInfo: { resources: [{ type: 'database', values: { database: tooLong } }] }
          })._tag
        ).toBe('Left')
      })
    )
  })

  it('checks its own options', () => {
    expect(() => createPayloadCodec({ maxReferences: 0 })).toThrow(
      'options of createPayloadCodec: maxReferences: must be a whole number of at least 1, received 0'
    )
    expect(
      createPayloadCodec({ maxReferences: 1 }).decode(body([table({ ...names, table: ['A', 'B'] })]))
    ).toMatchObject({ _tag: 'Left' })
  })
})

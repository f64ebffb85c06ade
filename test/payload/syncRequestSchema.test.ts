import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import {
  createSyncRequest,
  payloadCodec,
  ResourceReference,
  SyncRequestCodec,
  syncRequestSchema
} from 'on-demand-sync/payload'
import { describe, expect, it } from 'vitest'
import { syncRequest } from '../arbitrary/syncRequest.ts'

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, unicodeRegExp: true })
const valid = ajv.compile(syncRequestSchema)

/** A copy of the request with one thing changed somewhere in it. */
const mutated = fc
  .tuple(
    syncRequest,
    fc.nat(),
    fc.constantFrom<unknown>(undefined, null, '', 7, [], {}, 'x', 'x'.repeat(2000), 'schema')
  )
  .map(([request, at, value]) => {
    const copy = structuredClone(request) as unknown as Record<string, unknown>
    const places: Array<[Record<string, unknown>, string]> = []
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      for (const key of Object.keys(node)) {
        places.push([node as Record<string, unknown>, key])
        visit((node as Record<string, unknown>)[key])
      }
    }
    visit(copy)
    const [node, key] = places[at % places.length]!
    if (value === undefined && !Array.isArray(node)) delete node[key]
    else node[key] = value ?? null
    return copy
  })

describe('syncRequestSchema', () => {
  it('accepts all that the codec writes', () => {
    fc.assert(
      fc.property(syncRequest, request => {
        const written = payloadCodec.encode(request)
        if (written._tag === 'Left') throw new Error('not written')
        expect(valid(JSON.parse(written.right))).toBe(true)
      }),
      { numRuns: 500 }
    )
  })

  it('says the same as the strict codec about broken requests', () => {
    fc.assert(
      fc.property(mutated, request => {
        const decoded = SyncRequestCodec.decode(request)
        const isExact = decoded._tag === 'Right' && isDeepStrictEqual(decoded.right, request)
        expect(valid(request), JSON.stringify(valid.errors)).toBe(isExact)
      }),
      { numRuns: 3_000 }
    )
  })

  it('is the file that the package ships', () => {
    expect(JSON.parse(readFileSync('schema/sync-request.json', 'utf8'))).toEqual(syncRequestSchema)
  })
})

describe('createSyncRequest', () => {
  it('fills in the fixed fields, an id and the time', () => {
    const request = createSyncRequest({ resources: [ResourceReference.view('D', 'S', 'V')], clock: { now: () => 0 } })
    expect(request).toMatchObject({
      appType: 'PS_CONNECTOR',
      createTime: '1970-01-01T00:00:00.000Z',
      requestInfo: { resources: [{ type: 'view' }] }
    })
    expect(request.id).not.toBe(createSyncRequest({ resources: [ResourceReference.database('D')] }).id)
  })

  it('throws all faults at once', () => {
    expect(() => createSyncRequest({ resources: [], id: '', createTime: 'now' })).toThrow(
      /id: .*requestInfo.resources: must name at least one/
    )
    expect(() => createSyncRequest({ resources: [ResourceReference.schema('D', '')] })).toThrow(
      'requestInfo.resources[0].values.schema: must be a name'
    )
  })
})

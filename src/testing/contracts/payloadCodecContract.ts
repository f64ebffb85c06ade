/** What every {@link PayloadCodec} does, whatever its format. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { createSyncRequest } from '../../payload/createSyncRequest.ts'
import type { PayloadCodec } from '../../PayloadCodec.ts'
import { describeError } from '../../describeError.ts'
import { ResourceReference } from '../../SyncRequest.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { withSkips } from './ContractCase.ts'
import { hostileNames } from './hostileNames.ts'

/** How the suite gets a codec. */
export interface PayloadCodecHarness {
  readonly make: () => PayloadCodec
}

const junk: ReadonlyArray<unknown> = [
  undefined,
  null,
  0,
  NaN,
  '',
  'S3CR3T',
  '{"S3CR3T"',
  [],
  ['S3CR3T'],
  {},
  { id: 'S3CR3T' },
  new Uint8Array([0xff, 0x00]),
  () => 'S3CR3T',
  Symbol('S3CR3T')
]

/**
 * The contract of `PayloadCodec`.
 *
 * @example
 * ```ts
 * import { payloadCodec } from 'on-demand-sync'
 * import { payloadCodecContract } from 'on-demand-sync/testing'
 *
 * for (const { run } of payloadCodecContract({ make: () => payloadCodec })) await run()
 * ```
 */
export const payloadCodecContract = (
  { make }: PayloadCodecHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> =>
  withSkips(
    [
      {
        name: 'reads back what it writes, for all five types and hostile names',
        run: () => {
          const codec = make()
          for (const name of hostileNames) {
            const resources = [
              ResourceReference.database(name),
              ResourceReference.schema('D', name),
              ResourceReference.table('D', 'S', name),
              ResourceReference.view('D', name, 'V'),
              ResourceReference.column('D', 'S', 'T', name)
            ]
            const request = createSyncRequest({ id: 't-1', resources, source: 'API' })
            const written = codec.encode(request)
            assert(E.isRight(written))
            assert.deepEqual(codec.decode(written.right), E.right(request))
            assert.deepEqual(codec.decode(new TextEncoder().encode(written.right)), E.right(request))
          }
          return Promise.resolve()
        }
      },
      {
        name: 'never throws, and never repeats a value of a body it refuses',
        run: () => {
          const codec = make()
          for (const body of junk) {
            const result = codec.decode(body)
            assert(E.isLeft(result))
            assert.equal(describeError(result.left).includes('S3CR3T'), false)
            assert.ok(result.left.faults.length > 0)
          }
          return Promise.resolve()
        }
      },
      {
        name: 'refuses to write what it could not read back',
        run: () => {
          const request = createSyncRequest({ resources: [ResourceReference.database('D')] })
          assert.equal(make().encode({ ...request, id: '' })._tag, 'Left')
          assert.equal(make().encode({ ...request, requestInfo: { resources: [] } })._tag, 'Left')
          return Promise.resolve()
        }
      }
    ],
    options
  )

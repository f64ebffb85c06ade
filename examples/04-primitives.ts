/** Single parts in a connector that has its own loop: read bodies, push back, batch, and leave the rest as it is. Run it with `npx tsx examples/04-primitives.ts`. */
import type { SyncRequest } from 'on-demand-sync'
import {
  createBatcher,
  createBoundedQueue,
  createSyncRequest,
  describeError,
  orThrow,
  payloadCodec,
  ResourceReference,
  toPromise
} from 'on-demand-sync'

const incoming = [
  'nonsense',
  ...Array.from({ length: 7 }, (_, n) =>
    orThrow(
      payloadCodec.encode(createSyncRequest({ id: `t-${n}`, resources: [ResourceReference.table('D', 'S', `T${n}`)] }))
    )
  )
]

const queue = createBoundedQueue<SyncRequest>({ capacity: 5 })
const produce = async (): Promise<void> => {
  for (const body of incoming) {
    const decoded = payloadCodec.decode(body)
    if (decoded._tag === 'Left') process.stderr.write(`${describeError(decoded.left)}\n`)
    else await toPromise(queue.offer([decoded.right]))
  }
  queue.close()
}
const producing = produce()

const sizes: Array<number> = []
for await (const batch of createBatcher<SyncRequest>({ maxItems: 3, timeoutMs: 100 }).batches(queue))
  sizes.push(batch.length)
await producing
process.stdout.write(`batches of ${sizes.join(', ')}\n`)
if (sizes.reduce((sum, size) => sum + size, 0) !== 7) throw new Error('unexpected')

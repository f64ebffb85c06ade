/** Queue and batcher, per event, against pushing into an array and slicing it. */
import { createBatcher, createBoundedQueue } from 'on-demand-sync'
import { cost, report } from './Figure.ts'

const events = 1_000_000
const chunk = 100

const ours = async (): Promise<number> => {
  const queue = createBoundedQueue<number>({ capacity: 100 })
  const produce = async () => {
    for (let at = 0; at < events; at += chunk) await queue.offer(Array.from({ length: chunk }, (_, n) => at + n))()
    queue.close()
  }
  void produce()
  let count = 0
  for await (const batch of createBatcher<number>({ maxItems: 50, timeoutMs: 5_000 }).batches(queue))
    count += batch.length
  return count
}

const reference = (): number => {
  let items: Array<number> = []
  let count = 0
  for (let at = 0; at < events; at += chunk) {
    items.push(...Array.from({ length: chunk }, (_, n) => at + n))
    while (items.length >= 50) {
      count += items.slice(0, 50).length
      items = items.slice(50)
    }
  }
  return count
}

export const queueAndBatcher = async (): Promise<void> => {
  await ours()
  reference()
  const measured = await cost(async () => {
    if ((await ours()) !== events) throw new Error('events were lost')
  })
  const bare = await cost(() => {
    if (reference() !== events) throw new Error('events were lost')
    return Promise.resolve()
  })
  report(
    'queue and batcher',
    (measured.cpuSeconds / events) * 1e6,
    (bare.cpuSeconds / events) * 1e6,
    'us CPU/event',
    'chunks of 100 through a queue of 100 into batches of 50; reference: array push and slice, without waiting'
  )
}

/** Real time and capture together: what is told once stays told once, and nothing is lost over it. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import fc from 'fast-check'
import { SyncError, SyncException } from 'on-demand-sync'
import type { ObjectChange } from 'on-demand-sync/change-events'
import { ChangeTopic, createChangeEvents, createMemoryTopic } from 'on-demand-sync/change-events'
import { settled } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'

const setUp = (topic: ChangeTopic, over: object = {}) =>
  createChangeEvents({
    definition: {
      locations: [{ id: 'w', enableEvents: true, combineRealTime: true }],
      datasets: [{ id: 'd', location: 'w', subscriptions: { topic: 'topic', subscriptions: [{}] } }]
    },
    topics: { topic },
    ...over
  })

const image = (version: number, more: object = {}) => ({ id: '1', version, ...more })
const change = (operation: 'CREATE' | 'UPDATE' | 'DELETE', before?: object, after?: object): ObjectChange =>
  ({
    datasetId: 'd',
    schema: 'S',
    id: '1',
    operation,
    ...(before ? { before } : {}),
    ...(after ? { after } : {})
  }) as ObjectChange

describe('a captured change', () => {
  it('is left out where real time told its end, or a later one', async () => {
    const events = setUp(createMemoryTopic())
    await events.changed(change('CREATE', undefined, image(1)))
    await events.changed(change('UPDATE', image(1), image(2)))
    await events.changed(change('UPDATE', image(2), image(3)))
    expect(await events.captured([change('CREATE', undefined, image(2))])).toEqual(['duplicate'])
    expect(await events.captured([change('UPDATE', image(2), image(3))])).toEqual(['duplicate'])
    expect(await events.captured([change('UPDATE', image(3), image(4))])).toEqual(['told'])
    await events.changed(change('DELETE', image(4)))
    expect(await events.captured([change('DELETE', image(2))])).toEqual(['duplicate'])
    expect(await events.captured([change('CREATE', undefined, image(1))])).toEqual(['told'])
  })

  it('is told where the same version has another hash, or where there are no versions', async () => {
    const events = setUp(createMemoryTopic())
    await events.changed(change('CREATE', undefined, image(1, { hash: 'a' })))
    expect(await events.captured([change('CREATE', undefined, image(1, { hash: 'a' }))])).toEqual(['duplicate'])
    expect(await events.captured([change('CREATE', undefined, image(1, { hash: 'b' }))])).toEqual(['told'])
    await events.changed(change('UPDATE', { n: 1 }, { n: 2 }))
    expect(await events.captured([change('UPDATE', { n: 1 }, { n: 2 })])).toEqual(['told'])
  })

  it('waits for what real time is telling: a crash would lose that, so it must not count as told yet', async () => {
    let answer: (isTaken: boolean) => void = () => undefined
    const letters = { add: () => TE.left(SyncError.AuditFailed({ sink: 'letters', detail: 'disk full' })) }
    const topic = ChangeTopic.fromAsync({
      name: 'slow',
      publish: () =>
        new Promise((resolve, reject) => {
          const refusal = SyncError.TopicFailed({ topic: 'slow', detail: 'x', retryable: false })
          answer = isTaken => (isTaken ? resolve() : reject(new SyncException(refusal)))
        })
    })
    const events = setUp(topic, { deadLetters: letters })
    for (const [version, isTaken, end] of [
      [1, true, 'duplicate'],
      [2, false, 'told']
    ] as const) {
      const ends: Array<unknown> = []
      const inRealTime = events.changed(change('UPDATE', image(version - 1), image(version)))
      void events.captured([change('UPDATE', image(0), image(version))]).then(told => ends.push(...told))
      await settled()
      expect(ends).toEqual([])
      answer(isTaken)
      expect(await inRealTime).toBe(isTaken ? 'told' : 'lost')
      await settled()
      answer(true)
      await expect.poll(() => ends).toEqual([end])
    }
    await events.stop()
  })

  it('is told where real time could not tell it, and again where it could not be told itself', async () => {
    let isDead = true
    const memory = createMemoryTopic()
    const topic: ChangeTopic = {
      name: 'moody',
      publish: messages =>
        isDead
          ? TE.left(SyncError.TopicFailed({ topic: 'moody', detail: 'x', retryable: false }))
          : memory.publish(messages)
    }
    const deadLetters = { add: () => TE.left(SyncError.AuditFailed({ sink: 'letters', detail: 'full' })) }
    const events = setUp(topic, { deadLetters })
    expect(await events.changed(change('CREATE', undefined, image(1)))).toBe('lost')
    const captured = change('CREATE', undefined, image(1))
    expect(await events.captured([captured])).toEqual(['lost'])
    isDead = false
    expect(await events.captured([captured])).toEqual(['told'])
    expect(await events.captured([captured])).toEqual(['duplicate'])
    await events.stop()
    expect(await events.captured([change('DELETE', image(1))])).toEqual(['lost'])
  })

  it('leaves whoever applies what is told with the truth, however both interleave', async () => {
    const step = fc.constantFrom('api write', 'api delete', 'sql write', 'sql delete', 'poll')
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 3 }), async (steps, remembered) => {
        const topic = createMemoryTopic()
        const events = setUp(topic, { maxRememberedObjects: remembered })
        let row: ReturnType<typeof image> | undefined
        let polled: ReturnType<typeof image> | undefined
        let version = 0
        /** Told in real time since the last poll; and whether that was undone by SQL before the stream could show it: then nobody knows. */
        let [toldSince, blind] = [false, false]
        const differ = (before: typeof row, after: typeof row): ObjectChange | undefined => {
          if (after === undefined) return before === undefined ? undefined : change('DELETE', before)
          if (before === undefined) return change('CREATE', undefined, after)
          return before.version === after.version ? undefined : change('UPDATE', before, after)
        }
        for (const what of [...steps, 'poll']) {
          if (what === 'poll') {
            const found = differ(polled, row)
            if (found !== undefined) await events.captured([found])
            blind = found === undefined && (toldSince || blind)
            toldSince = false
            polled = row
            continue
          }
          const before = row
          version += 1
          row = what.endsWith('write') ? image(version) : undefined
          const made = differ(before, row)
          if (made === undefined || !what.startsWith('api')) continue
          await events.changed(made)
          ;[toldSince, blind] = [true, false]
        }
        let copy: object | undefined
        for (const { body } of topic.messages()) copy = (body as { readonly after?: object }).after
        if (!blind) expect(copy).toEqual(row)
      }),
      { numRuns: 300 }
    )
  })
})

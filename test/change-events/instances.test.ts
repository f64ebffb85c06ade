/** Topics and dead letters may be instances of classes. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { SyncError } from 'on-demand-sync'
import type { ChangeTopic } from 'on-demand-sync/change-events'
import { createChangeEvents } from 'on-demand-sync/change-events'
import { expect, it } from 'vitest'

class Topic implements ChangeTopic {
  readonly name = 'topic'
  closed = 0
  published = 0
  publish() {
    this.published += 1
    return TE.left(SyncError.TopicFailed({ topic: this.name, detail: 'x', retryable: false }))
  }
  close() {
    this.closed += 1
    return TE.right(undefined)
  }
}

class Letters {
  closed = 0
  kept = 0
  add() {
    this.kept += 1
    return TE.right(undefined)
  }
  close() {
    this.closed += 1
    return TE.right(undefined)
  }
}

it('loses no method on the way', async () => {
  const [topic, deadLetters] = [new Topic(), new Letters()]
  const events = createChangeEvents({
    definition: {
      locations: [{ id: 'w', enableEvents: true, combineRealTime: true }],
      datasets: [{ id: 'd', location: 'w', subscriptions: { topic: 'topic', subscriptions: [{}] } }]
    },
    topics: { topic },
    deadLetters
  })
  const told = await events.changed({ datasetId: 'd', schema: 'S', id: '1', operation: 'CREATE', after: { id: '1' } })
  await events.stop()
  expect(told).toBe('dead letter')
  expect([topic.published, topic.closed, deadLetters.kept, deadLetters.closed]).toEqual([1, 1, 1, 1])
})

/** How many may wait: what comes in real time is bounded here; what is captured, or was kept by an earlier run, is bounded where it comes from and waits however much it is. */
import * as E from 'fp-ts/lib/Either.js'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ObjectChange, TellingJournal } from 'on-demand-sync/change-events'
import {
  ChangeTopic,
  createChangeEvents,
  createFileJournal,
  createMemoryDeadLetters,
  createMemoryTopic
} from 'on-demand-sync/change-events'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bounds-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const changes = Array.from({ length: 40 }, (_, n): ObjectChange => ({
  datasetId: 'D',
  schema: 'S',
  operation: 'UPDATE',
  id: String(n),
  after: { id: String(n), n }
}))

const start = (topic: ChangeTopic, isCaptured: boolean, journal?: TellingJournal) => {
  const deadLetters = createMemoryDeadLetters()
  const events = createChangeEvents({
    definition: {
      locations: [{ id: 'L', enableEvents: isCaptured, combineRealTime: isCaptured }],
      datasets: [
        {
          id: 'D',
          location: 'L',
          subscriptions: { topic: 'topic', subscriptions: [{}, { filter: 'n >= 0' }, {}] },
          notifications: { topic: 'topic' }
        }
      ]
    },
    topics: { topic },
    deadLetters,
    delivery: { maxWaiting: 10 },
    maxWaitingChanges: 5,
    ...(journal === undefined ? {} : { journal })
  })
  return { events, deadLetters }
}

it('a page of captured changes waits, whatever it is multiplied by', async () => {
  const topic = createMemoryTopic()
  const { events, deadLetters } = start(topic, true)
  expect(new Set(await events.captured(changes))).toEqual(new Set(['told']))
  expect(deadLetters.letters()).toEqual([])
  expect(topic.messages()).toHaveLength(changes.length * 4)
  await events.stop()
})

it('what an earlier run kept waits', async () => {
  const path = join(folder, 'journal.jsonl')
  const dying = createFileJournal({ path })
  const entries = changes.map((change, n) => ({ ...change, eventId: `e${n}` }))
  for (const [n, change] of entries.entries())
    expect(await dying.add({ type: 'change', id: String(n), origin: 'unitary', change })()).toEqual(E.right(undefined))
  await dying.close?.()()
  const topic = createMemoryTopic()
  const { events, deadLetters } = start(topic, false, createFileJournal({ path }))
  expect(await events.recover()()).toEqual(E.right(changes.length))
  await events.stop()
  expect(deadLetters.letters()).toEqual([])
  expect(topic.messages()).toHaveLength(changes.length * 3)
})

it('what comes in real time does not', async () => {
  const topic = createMemoryTopic()
  const { events, deadLetters } = start(topic, false)
  const ends = await Promise.all(changes.map(change => events.changed(change)))
  expect(ends.filter(end => end === 'dead letter').length).toBeGreaterThan(30)
  const reasons = new Set(deadLetters.letters().map(({ reason }) => reason))
  expect([...reasons].sort()).toEqual([
    'more than 10 messages wait for this topic',
    'more than 5 changes of the dataset wait for its rules'
  ])
  await events.stop()
})

it('a captured page leaves real time its room', async () => {
  const waiting: Array<() => void> = []
  const slow = ChangeTopic.fromAsync({
    name: 'slow',
    publish: () => new Promise(resolve => void waiting.push(resolve))
  })
  const { events, deadLetters } = start(slow, true)
  const captured = events.captured(changes)
  const told = events.changed({ ...changes[0]!, id: 'new' })
  const goOn = setInterval(() => waiting.splice(0).forEach(resolve => resolve()), 1)
  expect(await told).toBe('told')
  await captured
  clearInterval(goOn)
  expect(deadLetters.letters()).toEqual([])
  await events.stop()
})

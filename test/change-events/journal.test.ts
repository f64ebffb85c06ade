/** A host that dies while it tells: with a journal, nothing that it was given is lost. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SyncError } from 'on-demand-sync'
import type {
  ChangeTopic,
  MemoryChangeTopic,
  ObjectChange,
  TellingEvent,
  TellingJournal,
  TopicMessage
} from 'on-demand-sync/change-events'
import {
  createChangeEvents,
  createFileJournal,
  createMemoryDeadLetters,
  createMemoryTopic,
  makeValue
} from 'on-demand-sync/change-events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
const newPath = (): string => {
  files += 1
  return join(folder, `journal-${files}.jsonl`)
}

const change = (id: string, version = 1): ObjectChange => ({
  datasetId: 'D',
  schema: 'S',
  operation: 'UPDATE',
  id,
  after: { id, version, text: 'line\u2028end' }
})

/** Takes nothing, and never answers: what was given to it is on its way when the host dies. */
const silent: ChangeTopic = { name: 'silent', publish: () => () => new Promise<never>(() => undefined) }

const start = (topic: ChangeTopic, journal: TellingJournal | undefined) => {
  const heard: Array<TellingEvent> = []
  const deadLetters = createMemoryDeadLetters()
  const events = createChangeEvents({
    definition: {
      datasets: [
        {
          id: 'D',
          subscriptions: { topic: 'topic', subscriptions: [{ schemas: ['S'] }] },
          notifications: { topic: 'topic' }
        }
      ]
    },
    topics: { topic },
    deadLetters,
    ...(journal === undefined ? {} : { journal }),
    onEvent: event => void heard.push(event)
  })
  return { events, heard, deadLetters }
}

const wordsOf = ({ attributes, body }: TopicMessage): string => {
  const { id = attributes['status'], after } = body as { id?: string; after?: { version: number } }
  return `${id} ${after?.version ?? ''}`.trim()
}

/** Resolves once the journal's file holds so many entries. */
const entriesIn = async (path: string, count: number): Promise<void> => {
  await expect
    .poll(async () => (await readFile(path, 'utf8').catch(() => '')).split('"add"').length - 1, { timeout: 15_000 })
    .toBe(count)
}

describe('with a journal', () => {
  it('a host that died in between tells the rest when it is back, in order and under the same ids', async () => {
    const path = newPath()
    const dying = start(silent, createFileJournal({ path }))
    for (const version of [1, 2]) void dying.events.changed(change('1', version))
    void dying.events.changed(change('2'))
    void dying.events.started({ id: 't', datasetId: 'D' })
    await entriesIn(path, 4)
    // It dies here: nobody calls stop. A second death, while the rest is told, changes nothing.
    const again = start(silent, createFileJournal({ path }))
    expect(await again.events.recover()()).toEqual(E.right(4))
    const topic = createMemoryTopic()
    const back = start(topic, createFileJournal({ path }))
    expect(await back.events.recover()()).toEqual(E.right(4))
    expect(await back.events.recover()()).toEqual(E.right(0))
    await back.events.stop()
    expect(topic.messages().map(wordsOf).sort()).toEqual(['1 1', '1 2', '2 1', 'STARTED'])
    expect(
      topic
        .messages()
        .map(wordsOf)
        .filter(words => words.startsWith('1'))
    ).toEqual(['1 1', '1 2'])
    const ids = topic.messages().map(({ id }) => id)
    const twin = createMemoryTopic()
    const third = start(twin, undefined)
    await third.events.changed(change('2'))
    expect(ids).toContain(twin.messages()[0]?.id)
    const last = start(createMemoryTopic(), createFileJournal({ path }))
    expect(await last.events.recover()()).toEqual(E.right(0))
    await last.events.stop()
  })

  it('what was told, refused or buried is not told again', async () => {
    const path = newPath()
    const gone = TE.left(SyncError.TopicFailed({ topic: 'gone', detail: 'gone', retryable: false }))
    const { events, deadLetters } = start({ name: 'gone', publish: () => gone }, createFileJournal({ path }))
    expect(await events.changed(change('1'))).toBe('dead letter')
    expect(await events.changed({ ...change(''), id: '' })).toBe('refused')
    await events.stop()
    expect(deadLetters.letters()).toHaveLength(2)
    const next = start(createMemoryTopic(), createFileJournal({ path }))
    expect(await next.events.recover()()).toEqual(E.right(0))
    await next.events.stop()
  })

  it('what a stop cut short is told by the next run', async () => {
    const path = newPath()
    const { events } = start(silent, createFileJournal({ path }))
    const told = events.changed(change('1'))
    await entriesIn(path, 1)
    await events.stop({ timeoutMs: 1 })
    expect(await told).toBe('dead letter')
    const topic = createMemoryTopic()
    const next = start(topic, createFileJournal({ path }))
    expect(await next.events.recover()()).toEqual(E.right(1))
    await next.events.stop()
    expect(topic.messages().map(wordsOf)).toEqual(['1 1'])
  })

  it('keeps the order of the calls, and stays small', async () => {
    const path = newPath()
    const topic = createMemoryTopic()
    const { events } = start(topic, createFileJournal({ path, compactBytes: 2_000 }))
    const versions = Array.from({ length: 500 }, (_, n) => n + 1)
    await Promise.all(versions.map(version => events.changed(change('1', version))))
    await events.stop()
    expect(topic.messages().map(wordsOf)).toEqual(versions.map(version => `1 ${version}`))
    const next = createFileJournal({ path, compactBytes: 2_000 })
    expect(await next.left()()).toEqual(E.right([]))
    expect(await readFile(path, 'utf8')).toBe('')
    await next.close?.()()
  })

  it('filters see after a crash what they would have seen before it', async () => {
    const path = newPath()
    const filter =
      "born < '2000-01-01' && at > '2020-01-01T00:00:00Z' && big > 9007199254740992 && 'a' in tags && gone == null"
    const definition = { datasets: [{ id: 'D', subscriptions: { topic: 'topic', subscriptions: [{ filter }] } }] }
    const after = {
      id: '1',
      born: makeValue.date('1999-12-31'),
      at: new Date('2024-05-06T07:08:09.010Z'),
      big: 9007199254740993n,
      price: makeValue.decimal('1.10'),
      tags: new Set(['a', 'b']),
      $set: { $date: 'x' },
      nan: NaN,
      bytes: Buffer.from('ab'),
      gone: null
    }
    const told = []
    for (const topic of [silent, createMemoryTopic()]) {
      const deadLetters = createMemoryDeadLetters()
      const journal = createFileJournal({ path })
      const events = createChangeEvents({ definition, topics: { topic }, deadLetters, journal })
      expect(await events.recover()()).toEqual(E.right(topic === silent ? 0 : 1))
      if (topic === silent) void events.changed({ ...change('1'), after })
      await entriesIn(path, 1)
      if (topic === silent) continue
      await events.stop()
      told.push(...(topic as MemoryChangeTopic).messages())
      expect(deadLetters.letters()).toEqual([])
    }
    expect(told.map(({ body }) => body)).toMatchObject([
      {
        after: {
          born: '1999-12-31',
          at: '2024-05-06T07:08:09.010Z',
          big: '9007199254740993',
          tags: ['a', 'b'],
          bytes: 'YWI='
        }
      }
    ])
  })

  it('that cannot be written, telling goes on, and it is reported', async () => {
    const topic = createMemoryTopic()
    const { events, heard } = start(topic, createFileJournal({ path: join(folder, 'nowhere', 'journal.jsonl') }))
    expect(await events.recover()()).toMatchObject({ _tag: 'Left', left: { _tag: 'TopicFailed', retryable: true } })
    expect(await events.changed(change('1'))).toBe('told')
    expect(topic.messages()).toHaveLength(1)
    expect(heard.filter(({ type }) => type === 'journal failed')).toHaveLength(2)
    await events.stop()
  })

  it('that throws harms nobody', async () => {
    const thrown = () => {
      throw new Error('a bad port')
    }
    const { events } = start(createMemoryTopic(), { add: thrown, done: thrown, left: thrown })
    expect(await events.recover()()).toMatchObject({ _tag: 'Left' })
    expect(await events.changed(change('1'))).toBe('told')
    await events.stop()
  })
})

describe('a journal file', () => {
  it('that another process opens is its own from then on; the last one keeps nothing there, breaks nothing, and says so', async () => {
    const path = newPath()
    const [old, young] = [createFileJournal({ path, compactBytes: 1 }), createFileJournal({ path })]
    const entry = (id: string) => {
      const message = { id, key: 'k', body: {}, attributes: {} }
      return { type: 'transaction', id, datasetId: 'D', message } as const
    }
    expect(await old.add(entry('1'))()).toEqual(E.right(undefined))
    expect(await young.left()()).toEqual(E.right([entry('1')]))
    expect(await young.add(entry('2'))()).toEqual(E.right(undefined))
    for (const task of [old.add(entry('3')), old.done('1')])
      expect(await task()).toMatchObject({ left: { detail: 'another process has taken the file over' } })
    await old.close?.()()
    await young.close?.()()
    expect(await createFileJournal({ path }).left()()).toEqual(E.right([entry('1'), entry('2')]))
  })

  it('with a torn end is cut; one that is no journal is left alone', async () => {
    const path = newPath()
    const entry = {
      type: 'transaction',
      id: 'e1',
      datasetId: 'D',
      message: { id: 'm', key: 'k', body: {}, attributes: {} }
    } as const
    const journal = createFileJournal({ path })
    expect(await journal.add(entry)()).toEqual(E.right(undefined))
    await journal.close?.()()
    await appendFile(path, '{"done":"e')
    expect(await createFileJournal({ path }).left()()).toEqual(E.right([entry]))
    await writeFile(path, '{"audit":1}\n')
    const refused = await createFileJournal({ path }).left()()
    expect(refused).toMatchObject({ left: { detail: 'line 1 is none of a journal', retryable: false } })
    expect(await readFile(path, 'utf8')).toBe('{"audit":1}\n')
  })
})

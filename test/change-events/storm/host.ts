/** A host that tells until it is killed or told to stop. It writes what it was given and what its journal keeps, and every word that it says. */
import * as E from 'fp-ts/lib/Either.js'
import { appendFileSync, writeSync } from 'node:fs'
import { inspect } from 'node:util'
import { createSecret, describeError } from 'on-demand-sync'
import type { TellingJournal } from 'on-demand-sync/change-events'
import {
  ChangeTopic,
  createChangeEvents,
  createFileJournal,
  createJsonLinesDeadLetters,
  createJsonLinesTopic,
  createWebhookTopic
} from 'on-demand-sync/change-events'
import { pick, randomNumbers } from '../../chaos/randomNumbers.ts'
import { createChanges, hookSecret, pathToken, stormRules } from './rules.ts'

const { FOLDER = '', URL: url = '', SEED = '0', FIRST = '0', COUNT = '0' } = process.env
const random = randomNumbers(Number(SEED))
const isCalm = COUNT === '0'

/** At once and whole, whatever happens next. */
const say = (word: string, value: unknown): void => void writeSync(1, `${word} ${JSON.stringify(value)}\n`)

const file = createFileJournal({ path: `${FOLDER}/journal.jsonl`, compactBytes: 20_000 })
const journal: TellingJournal = {
  ...file,
  add: entry => async () => {
    const added = await file.add(entry)()
    if (E.isRight(added) && entry.type === 'change') say('kept', entry.change.eventId)
    return added
  }
}

const odd = ChangeTopic.fromAsync({
  name: 'odd',
  publish: ({ id, key, attributes, body }) => {
    const way = isCalm ? 'take' : pick(random, ['take', 'take', 'take', 'throw', 'reject', 'hang', 'take and reject'])
    if (way.startsWith('take'))
      appendFileSync(`${FOLDER}/odd.jsonl`, `${JSON.stringify({ id, key, attributes, body })}\n`)
    if (way === 'throw') throw new Error('thrown')
    if (way === 'hang') return new Promise(() => undefined)
    return way === 'take' ? undefined : Promise.reject(new Error('rejected'))
  }
})

const events = createChangeEvents({
  definition: {
    datasets: [
      {
        id: 'D',
        subscriptions: { topic: 'moody', subscriptions: stormRules.map(({ rule }) => rule) },
        notifications: { topic: 'lines' }
      }
    ]
  },
  topics: {
    moody: createWebhookTopic({ url: `${url}/${pathToken}`, secret: createSecret(hookSecret) }),
    lines: createJsonLinesTopic({ path: `${FOLDER}/lines.jsonl` }),
    odd
  },
  deadLetters: createJsonLinesDeadLetters({ path: `${FOLDER}/dead.jsonl` }),
  journal,
  maxRuleFailures: 1_000_000,
  delivery: { baseDelayMs: 2, maxDelayMs: 40, timeoutMs: 250, maxAttempts: 6, maxRetryAfterMs: 50 },
  onEvent: event => {
    const error = 'error' in event ? describeError(event.error) : ''
    if (event.type !== 'delivered') say('event', `${inspect(event, { depth: 9 })} ${error}`)
  }
})

const ending = new AbortController()
process.once('SIGTERM', () => ending.abort())
const recovered = await events.recover()()
say('recovered', E.isRight(recovered) ? recovered.right : describeError(recovered.left))
const next = createChanges(random, Number(FIRST))
void events.started({ id: FIRST, datasetId: 'D' })
for (let given = 0; given < Number(COUNT) && !ending.signal.aborted; given += 1) {
  const change = next()
  say('given', change)
  void events.changed(change)
  if (random() < 0.3) await new Promise(resolve => setTimeout(resolve, Math.floor(random() * 4)))
}
void events.completed({ id: FIRST, datasetId: 'D' }, 'SUCCESS')
// A goodbye at any moment, with little time or enough of it.
await events.stop({ timeoutMs: isCalm ? 20_000 : 1 + Math.floor(random() * 300) })
say('stopped', null)

/**
 * A host that tells among faults of every kind, killed and stopped at all moments, with a journal: whoever is to be told of a change that the journal kept is told, or a dead letter says why;
 * nobody is told of anything else; what comes again has the same id; each object's changes arrive in order; and the host ends by itself.
 *
 * `TELLING_STORM_LIVES` (default 2) is how many lives the host has before the last, calm one; `TELLING_STORM_SEED` plays a run again.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createSecret } from 'on-demand-sync'
import type { DeadLetter } from 'on-demand-sync/change-events'
import { verifyWebhook } from 'on-demand-sync/change-events'
import { expect, it, onTestFinished } from 'vitest'
import { pick, randomNumbers } from '../chaos/randomNumbers.ts'
import type { StormChange, TopicName } from './storm/rules.ts'
import { hookSecret, pathToken, rowValue, rulesFor, stormRules, topicNames } from './storm/rules.ts'

const lives = Number(process.env['TELLING_STORM_LIVES'] ?? 2)
const seed = Number(process.env['TELLING_STORM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const changesPerLife = 400

interface Arrived {
  readonly id: string
  readonly subscription: string | undefined
  readonly body: string
}

/** The ways in which a receiver answers. */
const answers: ReadonlyArray<(response: ServerResponse) => unknown> = [
  ...Array.from({ length: 12 }, () => (response: ServerResponse) => response.writeHead(204).end()),
  response => response.writeHead(503).end('later'),
  response => response.writeHead(429, { 'retry-after': '1' }).end(),
  response => response.writeHead(302, { location: '/elsewhere' }).end(),
  response => response.writeHead(400).end(rowValue),
  response => response.destroy(),
  // Never answers; answers a byte now and then; answers without an end.
  () => undefined,
  response => response.writeHead(500, { 'content-length': '9' }).write('x'),
  response => response.writeHead(200).write('x'.repeat(1_000_000))
]

/** A webhook's receiver in whatever mood; it remembers what it got before it answers. */
const startReceiver = async (random: () => number) => {
  const arrived: Array<Arrived> = []
  const forged: Array<string> = []
  let isCalm = false
  const server = createServer((request, response) => {
    if (!isCalm && random() < 0.03) return void request.destroy()
    const chunks: Array<Buffer> = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const { headers } = request
      if (!verifyWebhook({ headers, body }, { secrets: [createSecret(hookSecret)] })) forged.push(body)
      const subscription = decodeURIComponent(String(headers['change-subscription']))
      arrived.push({ id: String(headers['webhook-id']), subscription, body })
      if (isCalm) response.writeHead(204).end()
      else pick(random, answers)(response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    forged,
    calm: () => (isCalm = true),
    stop: () => {
      server.close()
      server.closeAllConnections()
    }
  }
}

/** One life of the host. `endAt`: after which change it is killed or stopped; it stops by itself after the last one. */
const live = async (env: Record<string, string>, endAt: number, signal: 'SIGKILL' | 'SIGTERM') => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/change-events/storm/host.ts'], {
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.json', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = { given: [] as Array<StormChange>, kept: [] as Array<string>, words: [] as Array<string> }
  let stoppedAtMs: number | undefined
  child.stderr.on('data', (chunk: Buffer) => said.words.push(chunk.toString('utf8')))
  const lines = createInterface({ input: child.stdout })
  lines.on('line', line => {
    const [word = ''] = line.split(' ', 1)
    // A kill may tear the last line.
    const value: unknown =
      line.endsWith('"') || line.endsWith('}') || word !== 'given' ? parsed(line.slice(word.length)) : undefined
    if (word === 'given' && value !== undefined) said.given.push(value as StormChange)
    else if (word === 'kept') said.kept.push(String(value))
    else said.words.push(line)
    if (word === 'stopped') stoppedAtMs = Date.now()
    if (word === 'given' && said.given.length === endAt) child.kill(signal)
  })
  const code = await new Promise<number | null>(resolve => void child.on('close', resolve))
  const lingeredMs = stoppedAtMs === undefined ? undefined : Date.now() - stoppedAtMs
  return { ...said, code, lingeredMs }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const linesOf = async <A>(path: string): Promise<ReadonlyArray<A>> =>
  (await readFile(path, 'utf8').catch(() => ''))
    .split('\n')
    .flatMap(line => (line === '' ? [] : [JSON.parse(line) as A]))

/** What subscribers remove duplicates by, as docs/change-events.md has it: one change and one rule, one id. */
const messageId = (eventId: string, rule: number): string =>
  createHash('sha256')
    .update(JSON.stringify([eventId, `static ${rule}`]))
    .digest('hex')
    .slice(0, 32)

it(
  `tells whom it must and nobody else in ${lives} lives (TELLING_STORM_SEED=${seed})`,
  { timeout: 120_000 + lives * 30_000 },
  async () => {
    const random = randomNumbers(seed)
    const folder = await mkdtemp(join(tmpdir(), 'storm-'))
    const receiver = await startReceiver(random)
    onTestFinished(async () => {
      receiver.stop()
      await rm(folder, { recursive: true, force: true })
    })
    const given = new Map<string, StormChange>()
    const kept = new Set<string>()
    const words: Array<string> = []
    for (let number = 0; number <= lives; number += 1) {
      const isLast = number === lives
      if (isLast) receiver.calm()
      const signal = pick(random, ['SIGKILL', 'SIGKILL', 'SIGTERM'] as const)
      const life = await live(
        {
          FOLDER: folder,
          URL: receiver.url,
          SEED: String(seed + number),
          FIRST: String(number * changesPerLife),
          COUNT: String(isLast ? 0 : changesPerLife)
        },
        1 + Math.floor(random() * changesPerLife * 1.3),
        signal
      )
      for (const change of life.given) given.set(change.eventId ?? '', change)
      for (const eventId of life.kept) kept.add(eventId)
      words.push(...life.words)
      // Whoever is not killed ends by himself, soon after his goodbye.
      if (life.lingeredMs === undefined)
        expect([life.code, isLast, life.words.slice(-5)]).toEqual([null, false, expect.anything()])
      else expect([life.code, life.lingeredMs < 5_000]).toEqual([0, true])
      if (!isLast && random() < 0.5) await appendFile(join(folder, 'journal.jsonl'), '{"add":{"type":"cha')
    }

    const inFile = async (topic: TopicName): Promise<ReadonlyArray<Arrived>> =>
      (await linesOf<{ id: string; attributes: Record<string, string>; body: object }>(join(folder, `${topic}.jsonl`)))
        .filter(({ attributes }) => attributes['subscription'] !== undefined)
        .map(({ id, attributes, body }) => ({
          id,
          subscription: attributes['subscription'],
          body: JSON.stringify(body)
        }))
    const arrived: Record<TopicName, ReadonlyArray<Arrived>> = {
      moody: receiver.arrived,
      lines: await inFile('lines'),
      odd: await inFile('odd')
    }
    const letters = await linesOf<DeadLetter>(join(folder, 'dead.jsonl'))
    // What a goodbye cuts short is told by the next life: such a letter is no excuse.
    const buried = new Set(
      letters
        .filter(({ reason }) => !reason.startsWith('stopped'))
        .map(letter => (letter.type === 'message' ? letter.message.id : letter.change.eventId))
    )

    const expected = new Map<string, { readonly topic: TopicName; readonly change: StormChange }>()
    for (const [eventId, change] of given)
      for (const rule of rulesFor(change))
        expected.set(messageId(eventId, rule), { topic: stormRules[rule]!.rule.topic, change })

    const all = topicNames.flatMap(topic => arrived[topic].map(message => ({ topic, ...message })))
    process.stdout.write(
      `telling storm (TELLING_STORM_SEED=${seed}): ${given.size} given, ${kept.size} kept, ${expected.size} to be told, ${all.length} arrived, ${buried.size} buried for good\n`
    )

    // Whoever is to be told of what was kept is told, or there is a letter.
    const ids = new Set(all.map(({ id }) => id))
    const lost = [...expected].filter(
      ([id, { change }]) => kept.has(change.eventId ?? '') && !ids.has(id) && !buried.has(id)
    )
    expect(lost).toEqual([])
    // Nobody is told of anything else, or by another topic; nothing is forged.
    expect(all.filter(({ id, topic }) => expected.get(id)?.topic !== topic)).toEqual([])
    expect(receiver.forged).toEqual([])
    // What comes again is the same.
    const bodies = new Map(all.map(({ id, body }) => [id, body]))
    expect(all.filter(({ id, body }) => bodies.get(id) !== body)).toEqual([])
    // First arrivals about one object are in order.
    for (const topic of topicNames) {
      const newest = new Map<string, number>()
      const seen = new Set<string>()
      for (const { id } of arrived[topic]) {
        const change = expected.get(id)?.change
        if (change === undefined || seen.has(id)) continue
        seen.add(id)
        const number = Number(change.eventId?.split(' ').at(1))
        expect([topic, change.id, number]).toEqual([topic, change.id, Math.max(number, newest.get(change.id) ?? 0)])
        newest.set(change.id, number)
      }
    }
    // No word of the host, and no letter's reason, repeats a row's value or a secret.
    const said = [...words, ...letters.map(({ reason }) => reason)]
    for (const text of [rowValue, hookSecret, pathToken]) expect(said.filter(word => word.includes(text))).toEqual([])
  }
)

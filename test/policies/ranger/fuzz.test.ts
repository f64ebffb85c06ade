/**
 * Policy files with random damage are read, or refused with an error that names policy and field; nothing ever throws. A thousand in the usual run; `RANGER_FUZZ_RUNS=100000` for more,
 * `RANGER_FUZZ_SEED` for others. A failure names the seed of its file, which makes it again with `RANGER_FUZZ_RUNS=1`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { compileRanger, createRangerEngine, readServicePolicies } from 'on-demand-sync/policies'
import { expect, it } from 'vitest'
import { documents } from './documents.ts'
import { elements } from './ranger.ts'

const runs = Number(process.env['RANGER_FUZZ_RUNS'] ?? 1_000)
const firstSeed = Number(process.env['RANGER_FUZZ_SEED'] ?? 1)
const timeoutMs = 60_000 + runs * 40

type Key = string | number
type Holder = Record<Key, unknown>

/** The same numbers for the same seed, from 0 up to below 1. */
const createChance = (seed: number): (() => number) => {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
const oneOf = <A>(chance: () => number, all: ReadonlyArray<A>): A => all[Math.floor(chance() * all.length)] as A

const isObject = (value: unknown): value is Holder => typeof value === 'object' && value !== null

/** Somewhere in a document: the way there and what holds it. */
const somewhere = (chance: () => number, root: unknown): readonly [path: ReadonlyArray<Key>, around: Holder] => {
  const path: Array<Key> = []
  let around = root as Holder
  for (;;) {
    // The service definition is large and holds few denials.
    const keys = Object.keys(around).filter(key => key !== 'serviceDef' || chance() < 0.1)
    const key = keys.includes('policies') && chance() < 0.6 ? 'policies' : oneOf(chance, keys)
    path.push(Array.isArray(around) ? Number(key) : key)
    const inner = around[key]
    if (!isObject(inner) || Object.keys(inner).length === 0 || chance() < 0.12) return [path, around]
    around = inner
  }
}

const odd: ReadonlyArray<unknown> = [
  null, true, false, 0, -1, 1.5, 1e300, '', ' ', '*', '{USER}', '${{', '\u0000', '__proto__', 'constructor', '2020/13/99 99:99:99',
  [], [[]], {}, { type: 'x' }, ['x', null, 3], 'x'.repeat(5_000)
] // prettier-ignore

type Damage = (chance: () => number, around: Holder, key: Key, root: unknown) => void
const damages: ReadonlyArray<Damage> = [
  (chance, around, key) => {
    around[key] = structuredClone(oneOf(chance, odd))
  },
  (_, around, key) => {
    if (Array.isArray(around)) around.splice(Number(key), 1)
    else Reflect.deleteProperty(around, key)
  },
  (chance, around, key) => {
    const was = around[key]
    Reflect.deleteProperty(around, key)
    around[`${key}${oneOf(chance, ['s', '_', ' ', ''])}`.slice(chance() < 0.5 ? 1 : 0)] = was
  },
  (chance, around, key, root) => {
    const [path, other] = somewhere(chance, root)
    around[key] = structuredClone(other[path.at(-1) ?? ''])
  },
  (chance, around, key) => {
    const was = around[key]
    if (typeof was === 'string')
      around[key] = oneOf(chance, [`${was}x`, was.slice(1), was.toUpperCase(), `${was}\u0000`])
    else if (typeof was === 'number') around[key] = oneOf(chance, [was + 1, -was, was + 0.5, String(was)])
    else around[key] = [was, was]
  }
]

/** A file and, where it is damaged in one place, the way there. */
const damaged = (seed: number): { readonly file: unknown; readonly path: ReadonlyArray<Key> | undefined } => {
  const chance = createChance(seed)
  if (chance() < 0.1) {
    const text = JSON.stringify(documents.policies)
    const at = Math.floor(chance() * text.length)
    const instead = oneOf(chance, ['', '"', '}', ']', ',', '\\', '0', 'null', '\uD800'])
    return {
      file: chance() < 0.3 ? text.slice(0, at) : text.slice(0, at) + instead + text.slice(at + 1),
      path: undefined
    }
  }
  const root: unknown = structuredClone(documents.policies)
  const times = chance() < 0.7 ? 1 : 1 + Math.floor(chance() * 5)
  let last: ReadonlyArray<Key> = []
  for (let time = 0; time < times; time += 1) {
    const [path, around] = somewhere(chance, root)
    oneOf(chance, damages)(chance, around, path.at(-1) ?? '', root)
    last = path
  }
  return { file: root, path: times === 1 ? last : undefined }
}

const table = {
  kind: 'table' as const,
  name: { database: 'D', schema: 'S', table: 'T' },
  columns: [{ name: 'A', dataType: 'VARCHAR' }]
}

it(
  'is read, or refused by policy and field',
  () => {
    let [read, refused, named] = [0, 0, 0]
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const { file, path } = damaged(seed)
      let step = 'reading'
      try {
        const answer = readServicePolicies(file)
        if (E.isLeft(answer)) {
          refused += 1
          const { faults } = answer.left
          if (faults.length === 0 || faults.some(({ rule }) => rule === ''))
            throw new Error('an error that says nothing')
          // One policy is damaged: it is named, and so is a field of it.
          if (path?.[0] !== 'policies' || path.length < 3 || path[2] === 'id') continue
          const start = `policies[${path[1]}](id `
          if (!faults.some(fault => fault.path.startsWith(start) && /\)\.\w/.test(fault.path)))
            throw new Error(`the error names neither policy nor field: ${faults.map(fault => fault.path).join(', ')}`)
          named += 1
          continue
        }
        read += 1
        if (seed % 20 !== 0) continue
        step = 'using'
        const engine = createRangerEngine({ policies: answer.right }, { clock: { now: () => 0 } })
        for (const on of ['D', 'D.S.T', 'D.S.T.A']) {
          const asked = { resource: { elements: elements(on) }, user: 'ann' }
          engine.decide(asked)
          engine.maskFor(asked)
          engine.filterFor(asked)
        }
        compileRanger(engine, { managed: { roles: ['*'], users: ['*'] } })(table)
      } catch (cause) {
        throw new Error(`seed ${seed}, ${step}: ${String(cause)}`, { cause })
      }
    }
    if (runs === 1) return
    expect(read).toBeGreaterThan(runs / 20)
    expect(refused).toBeGreaterThan(runs / 3)
    expect(named).toBeGreaterThan(runs / 20)
    if (process.env['RANGER_FUZZ_RUNS'] !== undefined)
      process.stdout.write(
        `${runs} files: ${read} read, ${refused} refused, ${named} of them by the one policy that was damaged\n`
      )
  },
  timeoutMs
)

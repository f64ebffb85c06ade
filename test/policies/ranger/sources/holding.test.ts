/** A snapshot that has lost too much, or is older, waits for somebody's word; and what a source does over time. */
import * as E from 'fp-ts/lib/Either.js'
import { describeError } from 'on-demand-sync'
import { createManualClock } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'
import { createRangerAdminSource } from '../../../../src/policies/ranger/sources/index.ts'
import type {
  DoubtOptions,
  HeldSnapshot,
  RangerSource,
  RangerSourceEvent
} from '../../../../src/policies/ranger/sources/index.ts'
import type { World } from '../ranger.ts'
import { policiesJson, policy, tagPolicy } from '../ranger.ts'
import { createRangerAdminStandIn } from './RangerAdminStandIn.ts'

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`)
const numbered = (count: number) => names(count).map(name => policy(`D.S.${name}`, { allow: ['g:hr select'] }))
const policies = numbered(20)
const whole: World = {
  policies,
  tagPolicies: [tagPolicy('PII', { deny: ['g:hr select'] })],
  users: Object.fromEntries(names(20).map(name => [name, ['hr', 'it']])),
  roles: Object.fromEntries(names(20).map(name => [name, 'ann bob'])),
  tags: Object.fromEntries(names(20).map(name => [`D.S.${name}`, ['PII']])),
  zones: { z: { resources: [{ database: ['D'] }], policies: [] } }
}

const start = (options: DoubtOptions = {}, world = whole) => {
  const admin = createRangerAdminStandIn()
  admin.publish(world)
  const clock = createManualClock({ startMs: 1_000 })
  const events: Array<RangerSourceEvent> = []
  const source = createRangerAdminSource({
    url: 'https://ranger.example.com',
    serviceName: 'sf',
    clock,
    fetch: admin.fetch,
    onEvent: event => events.push(event),
    ...options
  })
  return { admin, clock, events, source }
}

const doubts = (source: RangerSource) => source.held()?.doubts.map(({ kind, what }) => `${kind} ${what}`)
const count = (source: RangerSource) => source.current()?.policies.policies.length

const shrunken: ReadonlyArray<readonly [string, World, ReadonlyArray<string>]> = [
  ['no policies', { policies: [] }, ['empty policies']],
  ['nine of twenty policies', { policies: policies.slice(0, 9) }, ['shrunken policies']],
  ['no tag policies', { tagPolicies: [] }, ['empty tag policies']],
  ['no zones', { zones: {} }, ['empty security zones']],
  ['no roles', { roles: {} }, ['empty roles', 'empty role members']],
  ['a few roles', { roles: { n0: 'ann' } }, ['shrunken roles', 'shrunken role members']],
  ['nobody in the roles', { roles: Object.fromEntries(names(20).map(name => [name, ''])) }, ['empty role members']],
  ['no tags', { tags: {} }, ['empty tagged resources']],
  ['no users', { users: {} }, ['empty users', 'empty group memberships']],
  [
    'nobody in the groups',
    { users: Object.fromEntries(names(20).map(name => [name, []])) },
    ['empty group memberships']
  ]
]

describe('a download that has lost most of what there was', () => {
  it.each(shrunken)('is held: %s', async (_, less, expected) => {
    const { admin, source, events } = start()
    await source.look()()
    const before = source.current()
    admin.publish({ ...whole, ...less })
    expect(await source.look()()).toEqual(E.right(before))
    expect(source.current()).toBe(before)
    expect(doubts(source)).toEqual(expected)
    expect(events.at(-1)).toMatchObject({ type: 'snapshot held', doubts: source.held()?.doubts })
  })

  it.each(shrunken)('is put in force where that is allowed: %s', async (_, less) => {
    const { admin, source } = start({ allowShrink: true })
    await source.look()()
    const before = source.current()
    admin.publish({ ...whole, ...less })
    await source.look()()
    expect(source.held()).toBeUndefined()
    expect(source.current()).not.toBe(before)
  })

  it('is told from one that has lost less', async () => {
    const { admin, source } = start()
    await source.look()()
    admin.publish({ ...whole, policies: policies.slice(0, 10) })
    await source.look()()
    expect([count(source), source.held()]).toEqual([10, undefined])
  })

  it('by a share of one’s own', async () => {
    const { admin, source } = start({ leastShare: 0.9, leastCount: 20 })
    await source.look()()
    admin.publish({ ...whole, policies: policies.slice(0, 17) })
    await source.look()()
    expect([count(source), doubts(source)]).toEqual([20, ['shrunken policies']])
  })

  it('is not asked about where there was little, unless all of it is gone', async () => {
    const { admin, source } = start({}, { policies: policies.slice(0, 9) })
    await source.look()()
    admin.publish({ policies: policies.slice(0, 1) })
    await source.look()()
    expect([count(source), source.held()]).toEqual([1, undefined])
    admin.publish({ policies: [] })
    await source.look()()
    expect([count(source), doubts(source)]).toEqual([1, ['empty policies']])
  })
})

describe('a first download without any policy', () => {
  it('is held, for Snowflake may hold what earlier ones granted', async () => {
    const { source } = start({}, { policies: [] })
    const found = await source.look()()
    expect(found).toMatchObject({ left: { _tag: 'PolicySourceFailed' } })
    expect(E.isLeft(found) && describeError(found.left)).toContain('no policies')
    expect(source.current()).toBeUndefined()
    const held = source.held()
    expect(held !== undefined && (await source.accept(held))).toBe(true)
    expect(count(source)).toBe(0)
  })
})

describe('an older version', () => {
  it('is held, or put in force where that is allowed', async () => {
    for (const allowOlder of [false, true]) {
      const { admin, source } = start({ allowOlder })
      admin.serve('policies', policiesJson({ ...whole, policies }), 9)
      await source.look()()
      admin.serve('policies', policiesJson({ ...whole, policies: policies.slice(1) }), 8)
      await source.look()()
      expect(count(source)).toBe(allowOlder ? 19 : 20)
      expect(doubts(source)).toEqual(allowOlder ? undefined : ['older policies'])
    }
  })
})

describe('a held snapshot', () => {
  const holding = async () => {
    const started = start()
    await started.source.look()()
    started.admin.publish({ ...whole, policies: policies.slice(0, 5) })
    await started.source.look()()
    return { ...started, held: started.source.held() as HeldSnapshot }
  }

  it('comes into force when it is accepted, once', async () => {
    const { source, held, events } = await holding()
    expect(await source.accept(held)).toBe(true)
    expect([count(source), source.held()]).toEqual([5, undefined])
    expect(events.at(-1)).toMatchObject({ type: 'snapshot in force', from: 'held' })
    expect(await source.accept(held)).toBe(false)
  })

  it('is downloaded once, and told of once', async () => {
    const { admin, source, held, events } = await holding()
    await source.look()()
    expect(source.held()).toBe(held)
    expect(events.map(({ type }) => type)).toEqual(['snapshot in force', 'snapshot held', 'snapshot unchanged'])
    expect(admin.asked.at(-4)?.query['lastKnownVersion']).toBe('2')
  })

  it('can not be accepted any more when a newer one has taken its place', async () => {
    const { admin, source, held } = await holding()
    admin.publish({ ...whole, policies: [] })
    await source.look()()
    expect(await source.accept(held)).toBe(false)
    expect([count(source), doubts(source)]).toEqual([20, ['empty policies']])
  })

  it('is forgotten when what is missing has come back', async () => {
    const { admin, source } = await holding()
    admin.publish({ ...whole, policies: policies.slice(0, 19) })
    await source.look()()
    expect([count(source), source.held()]).toEqual([19, undefined])
  })
})

describe('a started source', () => {
  /** The next event of a type. */
  const next = (source: RangerSource, type: RangerSourceEvent['type']): Promise<void> =>
    new Promise(resolve => {
      const off = source.on(event => {
        if (event.type !== type) return
        off()
        resolve()
      })
    })

  it('looks at once, and then every so often, whatever comes of it', async () => {
    const { admin, source, clock } = start()
    await source.start()
    expect(count(source)).toBe(20)
    const failing = next(source, 'download failed')
    admin.trouble('tags', { status: 500 })
    await clock.advance(29_999)
    expect(admin.asked).toHaveLength(4)
    await clock.advance(1)
    await failing
    admin.trouble('tags', undefined)
    admin.publish({ ...whole, policies: policies.slice(0, 15) })
    const switched = next(source, 'snapshot in force')
    await clock.advance(30_000)
    await switched
    expect(count(source)).toBe(15)
    await source.stop()
    expect(clock.timers()).toBe(0)
    expect(count(source)).toBe(15)
  })

  it('starts although there is nobody, and comes to it later', async () => {
    const { admin, source, clock } = start()
    admin.trouble('policies', { unreachable: true })
    await source.start()
    expect(source.current()).toBeUndefined()
    admin.trouble('policies', undefined)
    const switched = next(source, 'snapshot in force')
    await clock.advance(30_000)
    await switched
    expect(count(source)).toBe(20)
    await source.stop()
  })

  it('starts once, and can be stopped while it looks', async () => {
    const { admin, source, clock } = start()
    admin.trouble('policies', { until: new Promise(() => undefined) })
    const starting = [source.start(), source.start()]
    await source.stop()
    await Promise.all(starting)
    expect(admin.asked.length).toBeLessThanOrEqual(4)
    expect(clock.timers()).toBe(0)
  })

  it('is stopped when it goes out of scope', async () => {
    const { source, clock } = start()
    {
      await using scoped = source
      await scoped.start()
      expect(clock.timers()).toBe(1)
    }
    expect(clock.timers()).toBe(0)
  })

  it('is not disturbed by those who listen', async () => {
    const { source } = start()
    source.on(() => {
      throw new Error('not mine')
    })
    source.onSnapshot(() => {
      throw new Error('not mine')
    })
    expect(E.isRight(await source.look()())).toBe(true)
  })
})

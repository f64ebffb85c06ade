/** Whatever Ranger Admin answers, the snapshot in force is one that was read whole. */
import { serve } from '@hono/node-server'
import * as E from 'fp-ts/lib/Either.js'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createSecret, describeError } from 'on-demand-sync'
import { snowflakeServiceDef } from 'on-demand-sync/policies'
import { createManualClock } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'
import { createRangerAdminSource } from '../../../../src/policies/ranger/sources/index.ts'
import type {
  RangerAdminSourceOptions,
  RangerSource,
  RangerSourceEvent
} from '../../../../src/policies/ranger/sources/index.ts'
import type { Json, World } from '../ranger.ts'
import { policiesJson, policy } from '../ranger.ts'
import type { Part, Trouble } from './RangerAdminStandIn.ts'
import { createRangerAdminStandIn } from './RangerAdminStandIn.ts'

const one = policy('HR.PUBLIC.PEOPLE', { allow: ['g:hr select'] }, { serviceType: 'snowflake' })
const two = policy('SALES.*.*', { allow: ['r:seller select'] }, { serviceType: 'snowflake' })
const world: World = {
  policies: [one, two],
  users: { ann: ['hr'], bob: [] },
  roles: { seller: 'bob' },
  tags: { 'HR.PUBLIC.PEOPLE': ['PII'] }
}

const start = (options: Partial<RangerAdminSourceOptions> = {}) => {
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

const looked = async (source: RangerSource) => {
  const found = await source.look()()
  return E.isRight(found) ? found.right : found.left
}

const ids = (source: RangerSource): ReadonlyArray<number> | undefined =>
  source.current()?.policies.policies.map(({ id }) => id)

const types = (events: ReadonlyArray<RangerSourceEvent>) => events.map(({ type }) => type)

describe('a first look', () => {
  it('asks for all documents, by the paths for those without a login', async () => {
    const { admin, source, events } = start()
    await source.look()()
    expect(admin.asked.map(({ path }) => path).sort()).toEqual([
      '/service/plugins/policies/download/sf',
      '/service/roles/download/sf',
      '/service/tags/download/sf',
      '/service/xusers/download/sf'
    ])
    const query = { lastActivationTime: '0', pluginId: 'on-demand-sync', clusterName: '' }
    expect(admin.asked.find(({ part }) => part === 'policies')?.query).toEqual({
      ...query,
      supportsPolicyDeltas: 'false',
      lastKnownVersion: '-1'
    })
    expect(admin.asked.find(({ part }) => part === 'tags')?.query).toEqual({
      ...query,
      supportsTagDeltas: 'false',
      lastKnownVersion: '-1'
    })
    const { policies, roles, tags, users } = source.current() ?? {}
    expect(policies?.policies).toHaveLength(2)
    expect(roles?.roles[0]?.users).toEqual(['bob'])
    expect(tags?.resources).toHaveLength(1)
    expect(users?.groupsOfUser.get('ann')).toEqual(['hr'])
    expect(events).toEqual([
      {
        type: 'snapshot in force',
        from: 'download',
        versions: { policies: 1, roles: 1, tags: 1, users: 1 }
      }
    ])
  })

  it('does without the documents that it is told to', async () => {
    const { admin, source } = start({ without: ['tags', 'users'] })
    await source.look()()
    expect(admin.asked.map(({ part }) => part).sort()).toEqual(['policies', 'roles'])
    expect(Object.keys(source.current() ?? {})).toEqual(['policies', 'roles'])
  })

  it('that finds nothing leaves nothing in force, and says so', async () => {
    const { admin, source } = start()
    admin.trouble('policies', { status: 503 })
    expect(await looked(source)).toMatchObject({ _tag: 'Unavailable', code: '503' })
    expect(source.current()).toBeUndefined()
  })

  it('that is told of nothing new, is told nothing', async () => {
    const { admin, source } = start()
    admin.trouble('roles', { status: 304 })
    expect(await looked(source)).toMatchObject({ _tag: 'PolicySourceFailed' })
    expect(source.current()).toBeUndefined()
  })
})

describe('a login', () => {
  const password = createSecret('s3cret-pässword')
  it('goes to the secure paths', async () => {
    const { admin, source } = start({ auth: { type: 'basic', user: 'sync', password } })
    await source.look()()
    expect(admin.asked).toHaveLength(4)
    for (const { path, authorization } of admin.asked) {
      expect(path).toContain('/secure/')
      expect(authorization).toBe(`Basic ${Buffer.from('sync:s3cret-pässword').toString('base64')}`)
    }
    expect(source.current()).toBeDefined()
  })

  it('may be a token that is asked for anew each time', async () => {
    let count = 0
    const token = () => createSecret(`token-${(count += 1)}`)
    const { admin, source } = start({ auth: { type: 'bearer', token } })
    await source.look()()
    expect(new Set(admin.asked.map(({ authorization }) => authorization)).size).toBe(4)
    expect(admin.asked[0]?.authorization).toMatch(/^Bearer token-\d$/)
  })

  it('that can not be had, or fits no header, is refused', async () => {
    for (const token of [
      () => createSecret('line\nbreak-s3cret'),
      () => Promise.reject(new Error('no token: s3cret'))
    ]) {
      const { source, events } = start({ auth: { type: 'bearer', token } })
      const error = await looked(source)
      expect(error).toMatchObject({ _tag: 'LoginRefused' })
      expect(JSON.stringify([error, events])).not.toContain('s3cret')
    }
  })

  it.each<[number, string]>([
    [401, 'LoginRefused'],
    [403, 'LoginRefused'],
    [302, 'LoginRefused'],
    [404, 'NotFound'],
    [400, 'PolicySourceFailed'],
    [429, 'Unavailable'],
    [500, 'Unavailable'],
    [503, 'Unavailable']
  ])('answered with %i is %s, and tells no secret', async (status, tag) => {
    const { admin, source, events } = start({ auth: { type: 'basic', user: 'sync', password } })
    await source.look()()
    for (const part of ['policies', 'roles', 'tags', 'users'] as const)
      admin.trouble(part, { status, location: 'https://elsewhere.example.com/login.jsp' })
    const before = source.current()
    const asked = admin.asked.length
    const found = await source.look()()
    expect(found).toMatchObject({ _tag: 'Left', left: { _tag: tag } })
    expect(source.current()).toBe(before)
    expect(admin.asked).toHaveLength(asked + 4)
    const told = events.slice(1)
    expect(types(told)).toEqual(Array(4).fill('download failed'))
    const text = JSON.stringify(told) + (E.isLeft(found) ? describeError(found.left) : '')
    for (const secret of ['s3cret', Buffer.from('sync:s3cret-pässword').toString('base64'), 'trouble'])
      expect(text).not.toContain(secret)
  })

  it.each<[string, Partial<RangerAdminSourceOptions>, string]>([
    ['http elsewhere', { url: 'http://ranger.example.com:6080' }, 'url'],
    ['no address', { url: 'ranger' }, 'url'],
    ['a login in the address', { url: 'https://u:s3cret@ranger.example.com' }, 'url'],
    ['a query', { url: 'https://ranger.example.com?p=s3cret' }, 'url'],
    ['no service', { serviceName: '' }, 'serviceName'],
    ['a colon', { auth: { type: 'basic', user: 'a:b', password } }, 'auth.user'],
    ['a line break', { auth: { type: 'basic', user: 'a', password: createSecret('s3cret\n') } }, 'auth.password'],
    ['a strange token', { auth: { type: 'bearer', token: createSecret('s3cret ü') } }, 'auth.token'],
    ['no time', { timeoutMs: 0, pollIntervalMs: 0, maxBodyBytes: 0 }, 'pollIntervalMs'],
    ['no share', { leastShare: 2, leastCount: 0 }, 'leastShare']
  ])('or another option that can not be right is refused at once: %s', (_, options, field) => {
    const refused = (): string => {
      try {
        start(options)
        return ''
      } catch (error) {
        return String(error)
      }
    }
    expect(refused()).toContain(field)
    expect(refused()).not.toContain('s3cret')
  })

  it('may go over http where that is asked for, and on this machine', () => {
    expect(() => start({ url: 'http://ranger.example.com:6080', allowHttp: true })).not.toThrow()
    expect(() => start({ url: 'http://127.0.0.1:6080/' })).not.toThrow()
  })
})

describe('a later look', () => {
  it('names what is known, and takes 304 and 204 for no news', async () => {
    const { admin, source, events } = start()
    await source.look()()
    const before = source.current()
    admin.trouble('users', { status: 204 })
    await source.look()()
    expect(source.current()).toBe(before)
    expect(types(events)).toEqual(['snapshot in force', 'snapshot unchanged'])
    expect(admin.asked.slice(4).map(({ part, query }) => [part, query['lastActivationTime']])).toEqual(
      expect.arrayContaining([['policies', '1000']])
    )
    expect(admin.asked.slice(4).find(({ part }) => part === 'users')?.query['lastKnownUserStoreVersion']).toBe('1')
  })

  it('takes over what has changed, and keeps the rest as it is', async () => {
    const { admin, source, events } = start()
    const changes: Array<unknown> = []
    source.onSnapshot(({ before, after }) =>
      changes.push([before?.policies.policyVersion, after.policies.policyVersion])
    )
    await source.look()()
    const before = source.current()
    admin.publish({ ...world, policies: [one, two, policy('D', { allow: ['g:hr usedb'] })] })
    await source.look()()
    expect(source.current()?.policies.policies).toHaveLength(3)
    expect(source.current()?.users).toBe(before?.users)
    expect(changes).toEqual([
      [undefined, 1],
      [1, 2]
    ])
    expect(events.at(-1)).toEqual({
      type: 'snapshot in force',
      from: 'download',
      versions: { policies: 2, roles: 1, tags: 1, users: 1 },
      before: { policies: 1, roles: 1, tags: 1, users: 1 }
    })
  })

  const bodies: ReadonlyArray<[string, Trouble]> = [
    ['no JSON', { body: '<html>log in</html>' }],
    ['half of it', { body: '{"policyVersion": 3, "policies": [' }],
    ['nothing', { body: '' }],
    ['an empty object', { body: '{}' }],
    ['null', { body: 'null' }],
    ['a list', { body: '[]' }],
    ['bytes that are no text', { body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]) }]
  ]
  it.each(
    bodies.flatMap(([name, trouble]) =>
      (['policies', 'roles', 'tags', 'users'] as const).map(part => [name, part, trouble] as const)
    )
  )('refuses %s as %s, and with it everything else that is new', async (_, part, trouble) => {
    const { admin, source, events } = start()
    await source.look()()
    const before = source.current()
    admin.publish({ policies: [one], users: { ann: [] }, roles: { seller: 'ann' }, tags: {} })
    admin.trouble(part, trouble)
    expect(await looked(source)).toMatchObject({ _tag: 'InvalidInput' })
    expect(source.current()).toBe(before)
    expect(source.held()).toBeUndefined()
    expect(events.slice(1)).toMatchObject([{ type: 'download refused', part, error: { _tag: 'InvalidInput' } }])
  })

  it.each<[Part, Json]>([
    ['policies', policiesJson({ policies: [{ ...one, denyPolicyItems: 'all' }] })],
    ['policies', { ...policiesJson({ policies: [one] }), serviceName: 'another' }],
    ['tags', { serviceName: 'another', tags: {} }],
    ['roles', { rangerRoles: [{ users: [] }] }],
    ['users', { userGroupMapping: { ann: 'hr' } }]
  ])('refuses %s with a fault in them, or of another service', async (part, body) => {
    const { admin, source, events } = start()
    await source.look()()
    const before = source.current()
    admin.serve(part, body, 2)
    await source.look()()
    expect(source.current()).toBe(before)
    expect(types(events).at(-1)).toBe('download refused')
  })

  it.each<Part>(['policies', 'roles', 'tags', 'users'])(
    'switches nothing while %s can not be had, and all of it once they can',
    async part => {
      const { admin, source } = start()
      await source.look()()
      const before = source.current()
      admin.publish({
        policies: [one, two, policy('D', {})],
        users: { ann: ['hr'], bob: ['it'] },
        roles: { seller: 'bob ann' },
        tags: { 'HR.PUBLIC.PEOPLE': ['PII', 'OLD'] }
      })
      admin.trouble(part, { unreachable: true })
      expect(await looked(source)).toMatchObject({ _tag: 'Unavailable' })
      expect(source.current()).toBe(before)
      admin.trouble(part, undefined)
      await source.look()()
      const { policies, roles, tags, users } = source.current() ?? {}
      expect([policies?.policyVersion, roles?.roleVersion, tags?.tagVersion, users?.userStoreVersion]).toEqual([
        2, 2, 2, 2
      ])
    }
  )

  it('reads no more than it may', async () => {
    const { admin, source } = start({ maxBodyBytes: 50_000 })
    await source.look()()
    admin.trouble('users', { body: `{"userStoreVersion": 2, "userGroupMapping": {}}${' '.repeat(60_000)}` })
    expect(await looked(source)).toMatchObject({
      _tag: 'InvalidInput',
      faults: [{ rule: expect.stringContaining('50000') as string }]
    })
  })

  it('waits no longer than it may, whether or not the other side hears of it', async () => {
    const { admin, source, clock, events } = start({ timeoutMs: 5_000 })
    await source.look()()
    let answer: () => void = () => undefined
    admin.trouble('roles', { until: new Promise(resolve => (answer = resolve)) })
    const looking = looked(source)
    await clock.advance(5_000)
    expect(await looking).toMatchObject({ _tag: 'TimedOut', afterMs: 5_000 })
    expect(events.at(-1)).toMatchObject({ type: 'download failed', part: 'roles' })
    expect(clock.timers()).toBe(0)
    answer()
  })

  it('ends when its caller does', async () => {
    const { admin, source, clock, events } = start()
    await source.look()()
    admin.trouble('roles', { until: new Promise(() => undefined) })
    const impatience = new AbortController()
    const looking = source.look({ signal: impatience.signal })()
    impatience.abort()
    expect(await looking).toMatchObject({ left: { _tag: 'Aborted' } })
    expect(types(events)).toEqual(['snapshot in force'])
    expect(clock.timers()).toBe(0)
  })

  it('ends when its caller does, also behind a look that gets no answer', async () => {
    const { admin, source } = start()
    let answer: () => void = () => undefined
    admin.trouble('policies', { until: new Promise(resolve => (answer = resolve)) })
    const first = source.look()()
    const impatience = new AbortController()
    const second = source.look({ signal: impatience.signal })()
    impatience.abort()
    expect(await second).toMatchObject({ left: { _tag: 'Aborted' } })
    answer()
    expect(await first).toMatchObject({ _tag: 'Right' })
  })
})

describe('changes to policies', () => {
  const header = { ...policiesJson({}), policies: undefined }
  const delta = (changeType: number, changed: Json): Json => ({ changeType, policy: changed })
  const changesOf = (...deltas: ReadonlyArray<Json>): Json => ({ ...header, policyDeltas: deltas })
  const idOf = ({ id }: Json) => id as number
  const three = policy('D.S.T', { allow: ['ann select'] }, { serviceType: 'snowflake' })

  it('are asked for and applied', async () => {
    const { admin, source, events } = start()
    await source.look()()
    const kept = source.current()?.policies.policies.find(({ id }) => id === idOf(one))
    admin.serveChanges(1, changesOf(delta(0, three), delta(2, two)), 2)
    await source.look()()
    expect(ids(source)).toEqual([idOf(one), idOf(three)].sort((a, b) => a - b))
    expect(source.current()?.policies.policies.find(({ id }) => id === idOf(one))).toBe(kept)
    expect(source.current()?.policies.policyVersion).toBe(2)
    expect(
      admin.asked
        .filter(({ part }) => part === 'policies')
        .map(({ query }) => [query['lastKnownVersion'], query['supportsPolicyDeltas']])
    ).toEqual([
      ['-1', 'false'],
      ['1', 'true']
    ])
    expect(types(events)).toEqual(['snapshot in force', 'snapshot in force'])
  })

  it('that say nothing but a version move the version', async () => {
    const { admin, source } = start()
    await source.look()()
    admin.serveChanges(1, changesOf(), 7)
    await source.look()()
    expect([source.current()?.policies.policyVersion, ids(source)?.length]).toEqual([7, 2])
  })

  it.each<[string, Json]>([
    ['a change of the service definition', changesOf(delta(4, one))],
    ['a change of a policy that is not known', changesOf(delta(1, { ...three, id: 999_999 }))],
    ['a deletion of a policy that is not known', changesOf(delta(2, { ...three, id: 999_999 }))],
    ['a policy without an id', changesOf({ changeType: 1, policy: { serviceType: 'snowflake', resources: {} } })],
    ['a policy of another kind of service', changesOf(delta(0, { ...three, serviceType: 'hive' }))],
    ['garbage', changesOf({ changeType: 'x' })],
    ['other settings', { ...changesOf(), serviceConfig: { 'ranger.plugin.super.users': 'eve' } }],
    ['another service definition', { ...changesOf(), serviceDef: { ...snowflakeServiceDef, policyConditions: [] } }],
    ['a tag policy where there were none', changesOf(delta(0, { ...three, serviceType: 'tag' }))],
    ['a policy of a zone among the others', changesOf(delta(0, { ...three, zoneName: 'z' }))],
    [
      'a policy that moves into a zone',
      { ...changesOf(), securityZones: { z: { policyDeltas: [delta(1, { ...one, zoneName: 'z' })] } } }
    ],
    ['a zone with garbage', { ...header, securityZones: { z: { policyDeltas: [{}] } } }]
  ])('that do not fit lead to a full download: %s', async (_, body) => {
    const { admin, source, events } = start()
    await source.look()()
    admin.publish({ ...world, policies: [one, two, three] })
    admin.serveChanges(1, body, 2)
    await source.look()()
    expect(ids(source)).toHaveLength(3)
    expect(types(events)).toEqual(['snapshot in force', 'changes refused', 'snapshot in force'])
    expect(admin.asked.filter(({ part }) => part === 'policies').at(-1)?.query).toMatchObject({
      lastKnownVersion: '-1',
      supportsPolicyDeltas: 'false'
    })
  })

  const zoned = policy('HR.PAY.*', { allow: ['g:hr select'] }, { serviceType: 'snowflake', zoneName: 'z' })
  const zone = { resources: [{ database: ['HR'], schema: ['PAY'] }] }
  const inZone = (source: RangerSource) =>
    source
      .current()
      ?.policies.securityZones.get('z')
      ?.policies.map(({ id }) => id)

  it('of a zone are applied to the zone, and a silent zone leads to a full download', async () => {
    const { admin, source, events } = start()
    admin.publish({ ...world, zones: { z: { ...zone, policies: [zoned] } } })
    await source.look()()
    const another = { ...zoned, id: 888_888, name: 'another' }
    admin.serveChanges(2, { ...changesOf(), securityZones: { z: { ...zone, policyDeltas: [delta(0, another)] } } }, 3)
    await source.look()()
    expect(inZone(source)).toEqual([idOf(zoned), 888_888])
    admin.publish({ ...world, zones: { z: { ...zone, policies: [zoned, another] } } })
    admin.serveChanges(3, { ...changesOf(), securityZones: { z: zone } }, 4)
    await source.look()()
    expect(inZone(source)).toEqual([idOf(zoned), 888_888])
    expect(types(events).slice(2)).toEqual(['changes refused', 'snapshot in force'])
    admin.serveChanges(4, changesOf(), 5)
    await source.look()()
    expect(inZone(source)).toHaveLength(2)
    expect(types(events).slice(4)).toEqual(['changes refused', 'snapshot in force'])
  })

  it('that empty the service are held like any other download that does', async () => {
    const { admin, source, events } = start()
    await source.look()()
    admin.serveChanges(1, changesOf(delta(2, one), delta(2, two)), 2)
    await source.look()()
    expect(ids(source)).toHaveLength(2)
    expect(types(events).at(-1)).toBe('snapshot held')
  })
})

describe('over the wire', () => {
  it('is what it is in memory', async () => {
    const admin = createRangerAdminStandIn({ authorization: 'Bearer t0ken' })
    admin.publish(world)
    const server = serve({ fetch: admin.app.fetch, port: 0, hostname: '127.0.0.1' })
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const events: Array<RangerSourceEvent> = []
    const source = createRangerAdminSource({
      url,
      serviceName: 'sf',
      auth: { type: 'bearer', token: createSecret('t0ken') },
      onEvent: event => events.push(event)
    })
    await source.look()()
    await source.look()()
    admin.publish({ ...world, users: { ann: ['hr'], bob: ['it'] } })
    await source.look()()
    admin.trouble('policies', { status: 302, location: `${url}/login.jsp` })
    await source.look()()
    await source.stop()
    server.close()
    await once(server, 'close')
    expect(types(events)).toEqual(['snapshot in force', 'snapshot unchanged', 'snapshot in force', 'download failed'])
    expect(await looked(source)).toMatchObject({ _tag: 'Aborted' })
  })

  it('nobody there is Unavailable', async () => {
    const source = createRangerAdminSource({ url: 'http://127.0.0.1:1', serviceName: 'sf' })
    expect(await looked(source)).toMatchObject({ _tag: 'Unavailable', service: 'Ranger Admin' })
  })
})

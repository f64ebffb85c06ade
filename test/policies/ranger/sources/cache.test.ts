/** The last snapshot in force outlives the host, and Ranger Admin's absence. */
import fc from 'fast-check'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecret, orThrow } from 'on-demand-sync'
import { readRangerRoles, readServicePolicies, readServiceTags, readUserStore } from 'on-demand-sync/policies'
import { createManualClock } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'
import {
  writeMaps,
  writeRangerRoles,
  writeServicePolicies,
  writeServiceTags,
  writeUserStore
} from '../../../../src/policies/ranger/sources/cache/writeSnapshot.ts'
import { createRangerAdminSource } from '../../../../src/policies/ranger/sources/index.ts'
import type { RangerAdminSourceOptions, RangerSourceEvent } from '../../../../src/policies/ranger/sources/index.ts'
import { policy, snapshotOf } from '../ranger.ts'
import type { World } from '../ranger.ts'
import { anyWorld } from '../world.ts'
import { newFolder } from './files.ts'
import { createRangerAdminStandIn } from './RangerAdminStandIn.ts'

const policies = ['A', 'B', 'C'].map(name => policy(`${name}.*.*`, { allow: ['g:hr select'] }))
const world: World = {
  policies,
  users: { ann: ['hr'] },
  attributes: { ann: { dept: 'HR' } },
  roles: { boss: 'ann g:hr r:chief', chief: 'bob' },
  tags: { 'A.B.C': ['PII', { type: 'OLD', attributes: { since: '2020' } }] },
  zones: { z: { resources: [{ database: ['Z'] }], policies: [policy('Z', { allow: ['ann usedb'] })] } },
  serviceConfig: { 'ranger.plugin.super.users': 'root' }
}

const start = (cacheFolder: string, options: Partial<RangerAdminSourceOptions> = {}) => {
  const admin = createRangerAdminStandIn()
  admin.publish(world)
  const events: Array<RangerSourceEvent> = []
  const source = createRangerAdminSource({
    url: 'https://ranger.example.com',
    serviceName: 'sf',
    clock: createManualClock(),
    fetch: admin.fetch,
    cacheFolder,
    onEvent: event => events.push(event),
    ...options
  })
  const leave = () => {
    for (const part of ['policies', 'roles', 'tags', 'users'] as const) admin.trouble(part, { unreachable: true })
  }
  return { admin, events, source, leave }
}

/** A folder with the snapshot of an earlier run, and the file. */
const filled = async (): Promise<readonly [string, string]> => {
  const folder = newFolder()
  await start(folder).source.look()()
  return [folder, join(folder, 'ranger_sf.json')]
}

describe('what is written', () => {
  it('is what was read, for any service', () => {
    const again = (document: object): unknown => JSON.parse(JSON.stringify(document, writeMaps))
    fc.assert(
      fc.property(anyWorld, any => {
        const { policies: read, roles, tags, users } = snapshotOf(any)
        expect(orThrow(readServicePolicies(again(writeServicePolicies(read))))).toEqual(read)
        if (roles) expect(orThrow(readRangerRoles(again(writeRangerRoles(roles))))).toEqual(roles)
        if (tags) expect(orThrow(readServiceTags(again(writeServiceTags(tags))))).toEqual(tags)
        if (users) expect(orThrow(readUserStore(again(writeUserStore(users))))).toEqual(users)
      }),
      { numRuns: Number(process.env['RANGER_RUNS'] ?? 60) }
    )
  })

  it('keeps zones, schedules, conditions, markers, and names that are special to JavaScript', () => {
    const odd = snapshotOf({
      ...world,
      policies: [
        policy(
          'A',
          { allow: ['ann usedb'] },
          {
            conditions: [{ type: 'ip', values: ['10.*'] }],
            validitySchedules: [
              {
                startTime: '2020/01/01 00:00:00',
                endTime: '2030/01/01 00:00:00',
                timeZone: 'UTC',
                recurrences: [
                  {
                    schedule: { minute: '0', hour: '8', dayOfMonth: '*', dayOfWeek: '2', month: '*', year: '*' },
                    interval: { days: 0, hours: 8, minutes: 0 }
                  }
                ]
              }
            ],
            additionalResources: [{ database: { values: ['B'], isExcludes: true } }]
          }
        )
      ],
      users: JSON.parse('{"__proto__": ["hr"], "constructor": ["toString"]}') as Record<string, ReadonlyArray<string>>
    })
    const read = orThrow(readServicePolicies(JSON.stringify(writeServicePolicies(odd.policies), writeMaps)))
    expect(read).toEqual(odd.policies)
    const users = odd.users && orThrow(readUserStore(JSON.stringify(writeUserStore(odd.users), writeMaps)))
    expect(users).toEqual(odd.users)
    expect(users?.groupsOfUser.get('__proto__')).toEqual(['hr'])
  })
})

describe('a host that starts while Ranger Admin is away', () => {
  it('has what was in force before', async () => {
    const [folder] = await filled()
    const earlier = start(folder)
    await earlier.source.look()()
    const { source, leave, events } = start(folder)
    leave()
    await source.start()
    expect(source.current()).toEqual(earlier.source.current())
    expect(events).toMatchObject([
      { type: 'snapshot in force', from: 'cache', versions: { policies: 1, roles: 1, tags: 1, users: 1 } },
      ...Array.from({ length: 4 }, () => ({ type: 'download failed' }))
    ])
    await source.stop()
  })

  it('asks for what is newer, not for everything', async () => {
    const [folder] = await filled()
    const { source, admin } = start(folder)
    await source.look()()
    expect(admin.asked.find(({ part }) => part === 'users')?.query['lastKnownUserStoreVersion']).toBe('1')
  })

  it('has the changes, too, that came as changes', async () => {
    const [folder] = await filled()
    const first = start(folder)
    await first.source.look()()
    first.admin.publish({ ...world, policies: [policy('D', {}), ...policies] })
    await first.source.look()()
    const { source, leave } = start(folder)
    leave()
    await source.look()()
    expect(source.current()?.policies.policies).toHaveLength(4)
  })

  it('is not fooled by an empty service that comes after it', async () => {
    const [folder] = await filled()
    const { source, admin } = start(folder)
    admin.publish({ ...world, policies: [], zones: {} })
    await source.look()()
    expect(source.current()?.policies.policies).toHaveLength(3)
    expect(source.held()?.doubts.map(({ what }) => what)).toContain('policies')
    const later = start(folder)
    later.leave()
    await later.source.look()()
    expect(later.source.current()?.policies.policies).toHaveLength(3)
  })
})

describe('a file that can not be right', () => {
  const damage: ReadonlyArray<readonly [string, (text: string) => string]> = [
    ['cut off', text => text.slice(0, text.length - 40)],
    ['one letter changed', text => text.replace('"hr"', '"hq"')],
    ['empty', () => ''],
    ['not ours', () => '{"policies": []}\n{}'],
    ['of another format', text => text.replace('"format":1', '"format":0')],
    ['of another Admin', text => text.replace('ranger.example.com', 'test.example.com')],
    ['not JSON', () => 's3cret\ns3cret']
  ]
  it.each(damage)('is refused: %s', async (_, change) => {
    const [folder, file] = await filled()
    const text = readFileSync(file, 'utf8')
    expect(change(text)).not.toBe(text)
    writeFileSync(file, change(text))
    const { source, leave, events } = start(folder)
    leave()
    await source.look()()
    expect(source.current()).toBeUndefined()
    expect(events[0]).toMatchObject({ type: 'cache refused', error: { _tag: 'PolicySourceFailed' } })
    expect(JSON.stringify(events)).not.toContain('s3cret')
  })

  it('is written anew by the next download', async () => {
    const [folder, file] = await filled()
    writeFileSync(file, 'x')
    await start(folder).source.look()()
    const { source, leave } = start(folder)
    leave()
    await source.look()()
    expect(source.current()).toBeDefined()
  })
})

describe('the file', () => {
  it('holds no secret, and lies in a folder of its owner', async () => {
    const folder = join(newFolder(), 'a', 'b')
    const { source } = start(folder, { auth: { type: 'basic', user: 'sync', password: createSecret('s3cret') } })
    await source.look()()
    const [file = ''] = readdirSync(folder)
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text).not.toContain('s3cret')
    expect(text).not.toContain(Buffer.from('sync:s3cret').toString('base64'))
    expect(statSync(folder).mode & 0o077).toBe(0)
  })

  it('has a name of its own for each service, whatever the service is called', async () => {
    const folder = newFolder()
    const admin = createRangerAdminStandIn({ serviceName: '../a/b' })
    admin.publish(world)
    const url = 'https://ranger.example.com'
    await createRangerAdminSource({ url, serviceName: '../a/b', fetch: admin.fetch, cacheFolder: folder }).look()()
    expect(readdirSync(folder)).toEqual(['ranger_..%2Fa%2Fb.json'])
  })

  it('that can not be written stops nothing, and is told of', async () => {
    const folder = newFolder()
    writeFileSync(join(folder, 'file'), '')
    const { source, events } = start(join(folder, 'file'))
    await source.look()()
    expect(source.current()).toBeDefined()
    expect(events.map(({ type }) => type)).toEqual(['cache refused', 'cache not written', 'snapshot in force'])
  })
})

/** Snapshots from files. */
import * as E from 'fp-ts/lib/Either.js'
import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createManualClock } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'
import { createRangerFileSource } from '../../../../src/policies/ranger/sources/index.ts'
import type { RangerFileSourceOptions, RangerSourceEvent } from '../../../../src/policies/ranger/sources/index.ts'
import type { Json, World } from '../ranger.ts'
import { policiesJson, policy, rolesJson, tagsJson, usersJson } from '../ranger.ts'
import { newFolder } from './files.ts'

const policies = ['A', 'B', 'C'].map(name => policy(name, { allow: ['g:hr usedb'] }))
const world: World = { policies, users: { ann: ['hr'] }, roles: { boss: 'ann' }, tags: { A: ['PII'] } }

const start = (options: Partial<RangerFileSourceOptions> = {}) => {
  const folder = newFolder()
  const paths = {
    policies: join(folder, 'policies.json'),
    roles: join(folder, 'roles.json'),
    tags: join(folder, 'tags.json'),
    users: join(folder, 'users.json')
  }
  let time = 1_600_000_000
  const write = (part: keyof typeof paths, body: Json | string) => {
    writeFileSync(paths[part], typeof body === 'string' ? body : JSON.stringify(body))
    // Two writes within one tick of the file system's clock would look alike.
    time += 1
    utimesSync(paths[part], time, time)
  }
  write('policies', policiesJson(world))
  write('roles', rolesJson(world.roles ?? {}))
  write('tags', tagsJson(world.tags ?? {}))
  write('users', usersJson(world.users ?? {}))
  const clock = createManualClock()
  const events: Array<RangerSourceEvent> = []
  const source = createRangerFileSource({ ...paths, clock, onEvent: event => events.push(event), ...options })
  return { paths, write, clock, events, source }
}

const types = (events: ReadonlyArray<RangerSourceEvent>) => events.map(({ type }) => type)

describe('files', () => {
  it('are read, and read again only when they have changed', async () => {
    const { write, source, events } = start()
    await source.look()()
    const before = source.current()
    expect([before?.policies.policies.length, before?.users?.groupsOfUser.size]).toEqual([3, 1])
    await source.look()()
    expect(source.current()).toBe(before)
    write('roles', rolesJson({ boss: 'bob' }))
    await source.look()()
    expect(source.current()?.roles?.roles[0]?.users).toEqual(['bob'])
    expect(source.current()?.policies).toBe(before?.policies)
    expect(types(events)).toEqual(['snapshot in force', 'snapshot unchanged', 'snapshot in force'])
  })

  it('may be of policies only', async () => {
    const { paths } = start()
    const source = createRangerFileSource({ policies: paths.policies })
    await source.look()()
    expect(Object.keys(source.current() ?? {})).toEqual(['policies'])
  })

  it.each<[string, string, string]>([
    ['half-written', '{"policyVersion": 3, "poli', 'download refused'],
    ['empty', '', 'download refused'],
    ['with a fault in it', JSON.stringify({ ...policiesJson(world), policies: [{ id: 1 }] }), 'download refused']
  ])('leave the last snapshot in force while one is %s', async (_, text, type) => {
    const { write, source, events } = start()
    await source.look()()
    const before = source.current()
    write('policies', text)
    for (const look of [source.look(), source.look()]) {
      expect(await look()).toMatchObject({ left: { _tag: 'InvalidInput' } })
      expect(source.current()).toBe(before)
    }
    expect(types(events)).toEqual(['snapshot in force', type, type])
    write('policies', policiesJson({ ...world, policies: policies.slice(1) }))
    await source.look()()
    expect(source.current()?.policies.policies).toHaveLength(2)
  })

  it.each([
    ['misspelt', { databse: { values: ['A'] } }],
    ['left out', { schema: { values: ['S'] } }]
  ])('leave it in force where a level of what is tagged is %s: the tag would be on nothing', async (_, elements) => {
    const { write, source, events } = start()
    await source.look()()
    const before = source.current()
    const tags = JSON.parse(JSON.stringify(tagsJson({ A: ['PII'], B: ['PII'] }))) as {
      serviceResources: Array<{ resourceElements: object }>
    }
    const [, second] = tags.serviceResources
    if (second !== undefined) second.resourceElements = elements
    write('tags', JSON.stringify(tags))
    const path = 'serviceResources[1].resourceElements'
    expect(await source.look()()).toMatchObject({ left: { _tag: 'InvalidInput', faults: [{ path }] } })
    expect(source.current()).toBe(before)
    expect(events.at(-1)).toMatchObject({ type: 'download refused', part: 'tags' })
  })

  it('of users are refused without a word of whom they are about', async () => {
    const { write, source, events } = start()
    write('users', JSON.stringify({ userGroupMapping: { ann: [7] }, userAttrMapping: { ann: { dept: [] } } }))
    await source.look()()
    expect(events.map(event => (event.type === 'download refused' ? event.error.faults.length : 0))).toEqual([2])
    expect(JSON.stringify(events)).not.toContain('ann')
  })

  it('that are gone leave it in force, too', async () => {
    const { paths, source, events } = start()
    await source.look()()
    rmSync(paths.users)
    expect(await source.look()()).toMatchObject({ left: { _tag: 'PolicySourceFailed' } })
    expect(source.current()?.users).toBeDefined()
    expect(events.at(-1)).toMatchObject({ type: 'download failed', part: 'users' })
  })

  it('that have been emptied are held; older versions are not', async () => {
    const { write, source } = start()
    write('policies', policiesJson({ ...world, version: 9 }))
    await source.look()()
    write('policies', policiesJson({ ...world, version: 3 }))
    await source.look()()
    expect(source.current()?.policies.policyVersion).toBe(3)
    write('policies', policiesJson({ ...world, policies: [] }))
    await source.look()()
    expect(source.current()?.policies.policies).toHaveLength(3)
    expect(source.held()?.doubts).toEqual([{ kind: 'empty', what: 'policies', before: 3, after: 0 }])
  })

  it('are looked at every so often once the source has started', async () => {
    const { write, source, clock } = start({ pollIntervalMs: 5_000 })
    await source.start()
    write('policies', policiesJson({ ...world, policies: policies.slice(1) }))
    const switched = new Promise<number>(resolve =>
      source.onSnapshot(({ after }) => resolve(after.policies.policies.length))
    )
    await clock.advance(5_000)
    expect(await switched).toBe(2)
    await source.stop()
    expect(clock.timers()).toBe(0)
    expect(await source.look()()).toMatchObject({ _tag: 'Right' })
  })

  it('are refused with options that can not be right', () => {
    expect(() => createRangerFileSource({ policies: 'x', pollIntervalMs: 0 })).toThrow(/pollIntervalMs/)
  })

  it('that are not there at all are told by name', async () => {
    const found = await createRangerFileSource({ policies: '/nowhere/policies.json' }).look()()
    expect(E.isLeft(found) && found.left).toMatchObject({ source: '/nowhere/policies.json' })
  })
})

/** The file that says where Ranger is: what is right, and each way of being wrong. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describeFault } from 'on-demand-sync'
import { RangerSettingsCodec, rangerSettingsSchema, readRangerSettings } from 'on-demand-sync/policies'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const secret = 'S3CR3T'
const admin = `url: https://ranger.example.com:6182/
service: sf
user: sync
without: [tags]
cacheFolder: cache
timeoutMs: 1000
pollIntervalMs: 86400000
allowHttp: false
allowShrink: true
allowOlder: true
managed: { roles: ['G_*', '"lower"'], users: '*' }
principals:
  users: { as: role, prefix: U_, case: as is, names: { ann: Ann, bob: null } }
  groups: { prefix: G_, case: lower }
  roles: {}
  everyone: EMPLOYEES
`
const files = 'files: { policies: p.json, roles: r.json, tags: t.json, users: u.json }\nmanaged: { roles: A }\n'
const faults = (text: string): ReadonlyArray<string> => {
  const read = readRangerSettings(text, 'ranger.yaml')
  return E.isLeft(read) ? read.left.faults.map(describeFault) : []
}
/** One line more, or another one in the place of the one with the same key. */
const but = (line: string): string => {
  const key = /^[^:]+/.exec(line)?.[0] ?? ''
  return `${admin.replace(new RegExp(`^${key}:.*\n`, 'm'), '')}${line}\n`
}

describe('settings for Ranger', () => {
  it.each([admin, files, JSON.stringify(parse(admin))])('are read as they are written, whichever way', text => {
    expect(readRangerSettings(text, 'ranger.yaml')).toEqual(E.right(parse(text)))
    expect(RangerSettingsCodec.is(parse(text))).toBe(true)
  })

  it.each([
    ['pollIntervalMs: 0', 'pollIntervalMs: must be a whole number of milliseconds, from 1 to 86400000'],
    ['pollIntervalMs: 86400001', 'pollIntervalMs: must be a whole number of milliseconds'],
    ['timeoutMs: 1.5', 'timeoutMs: must be a whole number of milliseconds'],
    ['without: [policies]', 'without[0]: must be one of roles, tags, users'],
    ['cacheFolder: ""', 'cacheFolder: must be a text that is not empty'],
    ['user: "a:b"', 'user: must be a name without a colon or control characters'],
    ['url: http://ranger.example.com', 'url: must be an https address'],
    ['url: ranger', 'url: must be an https address'],
    [`url: "https://sync:${secret}@ranger.example.com"`, 'url: must have no login, query or fragment'],
    [`password: ${secret}`, 'password: is not a known field; known are managed, url,'],
    ['managed: { role: A }', 'managed.role: is not a known field; known are roles, users'],
    ['managed: { roles: analyst }', 'managed.roles: must be in upper case'],
    ['managed: { users: [A, ""] }', 'managed.users: must be a name or a list of at least one name'],
    ['files: { policies: p.json }', 'files: must say where Ranger is: url or files, and not both']
  ])('are refused with %s', (line, rule) => {
    const found = faults(but(line))
    const last = but(line).split('\n').length - 1
    expect(found).toEqual([expect.stringContaining(rule) as string])
    expect(found[0]).toMatch(new RegExp(`^line ${last}, column \\d+: `))
    expect(found.join()).not.toContain(secret)
  })

  it.each([
    ['everyone: EMPLOYEES', 'everyone: ""', 'principals.everyone: must be a text that is not empty'],
    ['as: role', 'as: group', 'principals.users.as: must be one of user, role'],
    ['case: lower', 'case: small', 'principals.groups.case: must be one of upper, lower, as is'],
    ['case: lower', 'as: role', 'principals.groups.as: is not a known field; known are prefix, case, names'],
    ['prefix: U_', 'prefix: 1', 'principals.users.prefix: must be text'],
    ['bob: null', 'bob: 1', 'principals.users.names.bob: must be a name of Snowflake, or null where there is none'],
    ['bob: null', 'bob: ""', 'principals.users.names.bob: must be a name of Snowflake'],
    ['roles: {}', 'role: {}', 'principals.role: is not a known field']
  ])('are refused with principals that have %s as %s', (right, wrong, rule) => {
    expect(faults(admin.replace(right, wrong))).toEqual([expect.stringContaining(rule) as string])
  })

  it('are refused where they do not say where Ranger is, or say of files what is of an Admin, with all of it at once', () => {
    expect(faults('managed: {}')).toEqual([expect.stringContaining('must say where Ranger is') as string])
    expect(faults('url: https://a\nmanaged: {}')).toEqual(['line 1, column 1: service: must be given with a url'])
    const others = 'user: "a:b"\nservice: sf\ncacheFolder: c\nwithout: []\nallowHttp: true\ntimeoutMs: 1\n'
    expect(faults(`${files}${others}`).map(fault => /: (\w+): must/.exec(fault)?.[1])).toEqual([
      'allowHttp',
      'service',
      'user',
      'without',
      'cacheFolder',
      'timeoutMs',
      'user'
    ])
    expect(faults('[1]')).toHaveLength(1)
    expect(faults(`url: "${secret}`)).toEqual([expect.stringMatching(/^line 1, .*must be YAML or JSON/) as string])
    expect(faults(files.replace('managed', 'manages'))).toEqual([
      expect.stringContaining('managed: ') as string,
      expect.stringContaining('manages: is not a known field') as string
    ])
  })

  it('are documented by an example that is right', () => {
    const [, example = ''] =
      /```yaml\n(# yaml-language-server: [^`]*ranger-settings[^`]*)```/.exec(
        readFileSync('docs/policies.md', 'utf8')
      ) ?? []
    expect(example).toContain('managed:')
    expect(faults(example)).toEqual([])
  })

  it('never throw on mutated text', () => {
    fc.assert(
      fc.property(fc.nat(admin.length), fc.nat(20), fc.string({ maxLength: 10 }), (at, length, inserted) => {
        const read = readRangerSettings(admin.slice(0, at) + inserted + admin.slice(at + length), 'ranger.yaml')
        if (E.isLeft(read)) expect(read.left.faults.length).toBeGreaterThan(0)
      }),
      { numRuns: 1_000 }
    )
  })

  it('ship their schema, which accepts what is accepted', () => {
    expect(JSON.parse(readFileSync('schema/ranger-settings.json', 'utf8'))).toEqual(rangerSettingsSchema)
    const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(rangerSettingsSchema)
    for (const text of [admin, files]) expect(valid(parse(text)), JSON.stringify(valid.errors)).toBe(true)
    for (const wrong of [
      but('files: { policies: p.json }'),
      but(`password: ${secret}`),
      but('pollIntervalMs: 0'),
      admin.replace('bob: null', 'bob: 1'),
      admin.replace('service: sf\n', ''),
      `${files}cacheFolder: c\n`,
      'managed: {}'
    ])
      expect(valid(parse(wrong)), wrong).toBe(false)
  })
})

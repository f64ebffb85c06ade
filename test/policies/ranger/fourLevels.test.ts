/** Database, schema, table and column: what Ranger's own suites, which have three levels, can't show. All expected values are worked out by hand from the rules of matching. */
import { describe, expect, it } from 'vitest'
import { hierarchiesOf } from '../../../src/policies/ranger/matching/Hierarchy.ts'
import { resourceMatcher } from '../../../src/policies/ranger/matching/ResourceMatcher.ts'
import { jsonOf } from '../../../src/policies/ranger/reading/Json.ts'
import { readResources } from '../../../src/policies/ranger/reading/readPolicy.ts'
import { elements, engineOf, may, policy, resources, snapshotOf, tagPolicy } from './ranger.ts'

const hierarchies = hierarchiesOf(snapshotOf({}).policies.serviceDef.resources)

/** S: self; A: self and all in it; D: something in it; U: something around it; -: neither. */
const letters = { SELF: 'S', SELF_AND_ALL_DESCENDANTS: 'A', DESCENDANT: 'D', ANCESTOR: 'U', NONE: '-' }
const asked = ['', 'D', 'D.S', 'D.S.T', 'D.S.T.C', 'E', 'D.X', 'D.S.Y', 'D.S.T.Z']

const matrix: ReadonlyArray<readonly [policy: string, matches: string]> = [
  // '' D DS DST DSTC E DX DSY DSTZ
  ['D', 'DSUUU-UUU'],
  ['D.S', 'DDSUU--UU'],
  ['D.S.T', 'DDDSU---U'],
  ['D.S.T.C', 'DDDDS----'],
  ['D.*', 'DASUU-SUU'],
  ['D.*.*', 'DAASU-ASU'],
  ['D.*.*.*', 'DAAAS-AAS'],
  ['D.S.*', 'DDASU--SU'],
  ['D.S.*.*', 'DDAAS--AS'],
  ['D.S.T.*', 'DDDAS---S'],
  ['*.*.*.*', 'AAAASAAAS'],
  ['*', 'ASUUUSUUU'],
  ['*.S', 'DDSUUD-UU'],
  ['*.*.T', 'DDDSUDD-U'],
  ['*.*.*.C', 'DDDDSDDD-'],
  ['D.*.T', 'DDDSU-D-U'],
  ['D.S.*.C', 'DDDDS--D-'],
  ['D.*.*.C', 'DDDDS-DD-'],
  ['!D', 'D----S---'],
  ['D.!S', 'DD----S--'],
  ['D.S.!T', 'DDD----S-'],
  ['D.S.T.!C', 'DDDD----S'],
  ['D.!*', '---------'],
  ['D.S*', 'DDSUU--UU'],
  ['D.*S', 'DDSUU--UU'],
  ['D.S?', 'DD-------'],
  ['D.S.?.C', 'DDDDS--D-'],
  ['D|E', 'DSUUUSUUU'],
  ['D.S|X', 'DDSUU-SUU'],
  ['D.S.T|Y.*', 'DDDAS--AS'],
  ['w:W', 'D--------']
]

describe('how a policy lies to a resource', () => {
  const cases = matrix.flatMap(([path, matches]) =>
    asked.map((on, index) => [path, on, matches.charAt(index)] as const)
  )
  it.each(cases)('policy %s, asked for %s: %s', (path, on, expected) => {
    const matcher = resourceMatcher(readResources(jsonOf(resources(path), [])), hierarchies)
    expect(letters[matcher.matchType(new Map(Object.entries(elements(on))), undefined, false)]).toBe(expected)
  })

  it.each([
    [{ database: 'D', table: 'T' }, 'D.S.T'],
    [{ database: 'D', column: 'C' }, 'D.S.T.C'],
    [{ schema: 'S' }, 'D.S'],
    [{ schema: 'S', table: 'T' }, 'D.S.T'],
    [{ database: 'D', warehouse: 'W' }, 'D'],
    [{ database: 'D', nothing: 'N' }, 'D'],
    [{ table: 'T' }, 'D.S.T']
  ])('a policy with the levels %j matches nothing', (levels, on) => {
    const values = Object.fromEntries(Object.entries(levels).map(([level, value]) => [level, { values: [value] }]))
    const matcher = resourceMatcher(readResources(jsonOf(values, [])), hierarchies)
    expect(matcher.matchType(new Map(Object.entries(elements(on))), undefined, true)).toBe('NONE')
  })

  it.each([
    [{ database: 'D', table: 'T' }],
    [{ database: 'D', schema: 'S', column: 'C' }],
    [{ schema: 'S' }],
    [{ database: 'D', warehouse: 'W' }],
    [{ database: 'D', schema: 'S', udf: 'F' }]
  ])('a request with the levels %j is matched by nothing', named => {
    const matcher = resourceMatcher(readResources(jsonOf(resources('*.*.*.*'), [])), hierarchies)
    expect(matcher.matchType(new Map(Object.entries(named)), undefined, true)).toBe('NONE')
  })
})

const at = (path: string) => ({
  allow: engineOf({ policies: [policy(path, { allow: ['ann select,usedb,useschema'] })] })
})

describe('who may what', () => {
  it.each([
    ['D', 'usedb', 'D', true],
    ['D', 'usedb', 'd', false],
    ['D', 'select', 'D.S.T', false],
    ['D', '_any', 'D.S.T', false],
    ['D.S', 'usedb', 'D', false],
    ['D.S', '_any', 'D', true],
    ['D.S', 'useschema', 'D.S', true],
    ['D.S', 'select', 'D.S.T', false],
    ['D.S.T', 'select', 'D.S.T', true],
    ['D.S.T', 'select', 'D.S.T.C', false],
    ['D.S.T', '_any', 'D.S', true],
    ['D.S.T.*', 'select', 'D.S.T', true],
    ['D.S.T.*', 'select', 'D.S.T.C', true],
    ['D.S.T.C', 'select', 'D.S.T', false],
    ['D.S.T.C', '_any', 'D.S.T', true],
    ['D.S.T.C', 'select', 'D.S.T.C', true],
    ['D.S.T.C', 'select', 'D.S.T.Z', false],
    ['D.S.*.*', 'useschema', 'D.S', true],
    ['D.S.*.*', 'usedb', 'D', false],
    ['D.*.*.*', 'usedb', 'D', true],
    ['D.*.*.*', 'select', 'D.S.T.C', true],
    ['D.*.*.*', 'select', 'E.S.T.C', false],
    ['*.*.*.*', 'usedb', '', true],
    ['D.S.T', 'insert', 'D.S.T', false],
    ['D.S.T', 'SELECT', 'D.S.T', true],
    ['D.S.T|Y', 'select', 'D.S.Y', true],
    ['D.S.!T', 'select', 'D.S.Y', true],
    ['D.S.!T', 'select', 'D.S.T', false],
    ['D.PUBLIC*.T', 'select', 'D.PUBLIC_2.T', true],
    ['D.PUBLIC*.T', 'select', 'D.PRIVATE.T', false]
  ])('allowed on %s, asked %s on %s: %s', (path, accessType, on, expected) => {
    expect(may(at(path).allow, 'ann', accessType, on)).toBe(expected)
  })

  it.each([
    ['a denied column hides that column only', 'D.S.T.C', 'D.S.T', true],
    ['a denied column is denied', 'D.S.T.C', 'D.S.T.C', false],
    ['a denied table is denied', 'D.S.T', 'D.S.T', false],
    ['a denied table says nothing of its columns', 'D.S.T', 'D.S.T.C', true],
    ['all columns denied deny the table', 'D.S.T.*', 'D.S.T', false],
    ['all of a schema denied', 'D.S.*.*', 'D.S.T.C', false],
    ['all of a database denied', 'D.*.*.*', 'D.S.T', false],
    ['another schema denied', 'D.X.*.*', 'D.S.T', true],
    ['everything denied', '*.*.*.*', 'D.S.T', false]
  ])('%s', (_, denied, on, expected) => {
    const engine = engineOf({
      policies: [policy('D.*.*.*', { allow: ['ann select'] }), policy(denied, { deny: ['ann select'] })]
    })
    expect(may(engine, 'ann', 'select', on)).toBe(expected)
  })

  it.each([
    ['D.S', 'D.S', true],
    ['D.S', 'D.S.T', true],
    ['D.S', 'D.S.T.C', true],
    ['D.S', 'D', false],
    ['D.S', 'D.X.T', false],
    ['D.S.T.C', 'D.S.T', false],
    ['D.S.T.C', 'D.S.T.C', true],
    ['D.S.T.C', 'D.S.T.Z', false],
    ['D', 'D.S.T.C', true]
  ])('a tag on %s is one on %s: %s', (tagged, on, expected) => {
    const engine = engineOf({ tagPolicies: [tagPolicy('PII', { allow: ['ann select'] })], tags: { [tagged]: ['PII'] } })
    expect(may(engine, 'ann', 'select', on)).toBe(expected)
  })

  it.each([
    ['D.S', 'D.S.T', 'zoned'],
    ['D.S', 'D.S.T.C', 'zoned'],
    ['D.S', 'D.X.T', 'unzoned'],
    ['D.S', 'D', 'unzoned'],
    ['D.S.T', 'D.S.T', 'zoned'],
    ['D.S.T', 'D.S.Y', 'unzoned'],
    ['D', 'D.S.T', 'zoned'],
    ['D.S*', 'D.S2.T', 'zoned']
  ])('with a zone on %s, %s is %s', (zone, on, expected) => {
    const values = Object.fromEntries(Object.entries(elements(zone)).map(([level, value]) => [level, [value]]))
    const everything = (user: string) => policy('*.*.*.*', { allow: [`${user} select`] })
    const engine = engineOf({
      policies: [everything('unzoned')],
      zones: { z: { resources: [values], policies: [everything('zoned')] } }
    })
    expect(['zoned', 'unzoned'].filter(user => may(engine, user, 'select', on))).toEqual([expected])
  })
})

import { Ajv2020 } from 'ajv/dist/2020.js'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Resource } from 'on-demand-sync'
import { describeFault, orThrow } from 'on-demand-sync'
import {
  compilePolicyDocument,
  createDocumentPolicySource,
  policyDocumentSchema,
  readPolicyDocument
} from 'on-demand-sync/policies'
import { policySourceContract } from 'on-demand-sync/testing'
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'

const text = `
version: 1
managed:
  roles: [ANALYST, HR_ADMIN, 'ETL_*', '"lower"']
  users: ALICE
grants:
  - to: [ANALYST, 'user:ALICE']
    on: SALES.PUBLIC.*
    privileges: select
  - to: ETL_1
    on: SALES.PUBLIC.ORDERS
    privileges: [SELECT, insert, Delete]
  - to: ETL_1
    on: SALES.RAW
    privileges: create_table
  - description: names only
    to: ['"lower"']
    on: HR.PUBLIC.EMPLOYEES.NAME
    privileges: select
  - to: HR_ADMIN
    on: HR.*.*
    privileges: [select]
    grantOption: true
  - to: ETL_1
    on: SALES
    privileges: [create schema]
masks:
  - columns: HR.PUBLIC.EMPLOYEES.SALARY
    for: HR_ADMIN
    as: clear
  - columns: '*.*.*.SALARY'
    for: everyone
    as: null
  - columns: SALES.PUBLIC.ORDERS.EMAIL
    for: everyone
    except: [ANALYST, user:ALICE]
    as: { showLast: 4 }
rowFilters:
  - on: SALES.PUBLIC.ORDERS
    for: ANALYST
    where: REGION = 'EU' AND "amount" > 0
  - on: SALES.PUBLIC.ORDERS
    for: everyone
    where: false
`
const broken = (source: string) => {
  const read = readPolicyDocument(source, 'p.yaml')
  if (E.isRight(read)) throw new Error('was accepted')
  return read.left.faults.map(describeFault)
}
const decide = compilePolicyDocument(orThrow(readPolicyDocument(text, 'p.yaml')))
const relation = (database: string, schema: string, table: string, ...columns: ReadonlyArray<string>): Resource => ({
  kind: 'table',
  name: { database, schema, table },
  columns: columns.map(name => ({ name, dataType: 'VARCHAR(100)' }))
})
const granted = (resource: Resource) =>
  decide(resource).grants.map(
    ({ privilege, grantee, grantOption }) => `${privilege} to ${grantee.type} ${grantee.name}${grantOption ? '+' : ''}`
  )

describe('policy document', () => {
  it('gives each level what its patterns say, and USAGE for what lies inside', () => {
    expect(granted(relation('SALES', 'PUBLIC', 'ORDERS'))).toEqual([
      'SELECT to role ANALYST',
      'DELETE to role ETL_1',
      'INSERT to role ETL_1',
      'SELECT to role ETL_1',
      'SELECT to user ALICE'
    ])
    expect(granted(relation('SALES', 'PUBLIC', 'NEW'))).toEqual(['SELECT to role ANALYST', 'SELECT to user ALICE'])
    expect(granted({ kind: 'schema', name: { database: 'SALES', schema: 'RAW' }, columns: [] })).toEqual([
      'CREATE TABLE to role ETL_1'
    ])
    expect(granted(relation('sales', 'PUBLIC', 'ORDERS'))).toEqual([])
    expect(granted(relation('HR', 'X', 'Y'))).toEqual(['SELECT to role HR_ADMIN+'])
    expect(granted({ kind: 'database', name: { database: 'SALES' }, columns: [] })).toEqual([
      'USAGE to role ANALYST',
      'CREATE SCHEMA to role ETL_1',
      'USAGE to role ETL_1',
      'USAGE to user ALICE'
    ])
    expect(granted({ kind: 'schema', name: { database: 'HR', schema: 'ANY' }, columns: [] })).toEqual([
      'USAGE to role HR_ADMIN'
    ])
    expect(granted({ kind: 'schema', name: { database: 'HR', schema: 'PUBLIC' }, columns: [] })).toEqual([
      'USAGE to role HR_ADMIN',
      'USAGE to role lower'
    ])
  })

  it('shows NULL in the columns that a column grant does not name, save to those who see them otherwise', () => {
    const { grants, masks } = decide(relation('HR', 'PUBLIC', 'EMPLOYEES', 'NAME', 'SALARY', 'TITLE'))
    expect(grants.map(({ grantee }) => grantee.name)).toEqual(['HR_ADMIN', 'lower'])
    const lower = { anyOf: [{ type: 'role', name: 'lower' }], noneOf: [{ type: 'role', name: 'HR_ADMIN' }] }
    expect(masks.map(({ column }) => column)).toEqual(['SALARY', 'TITLE'])
    expect(masks[1]).toMatchObject({ rules: [{ who: lower, mask: { kind: 'null' } }], otherwise: { kind: 'clear' } })
    expect(masks[0]?.rules).toMatchObject([
      { who: lower, mask: { kind: 'null' } },
      { who: { anyOf: [{ name: 'HR_ADMIN' }] }, mask: { kind: 'clear' } },
      { who: { anyOf: 'everyone' }, mask: { kind: 'null' } }
    ])
  })

  it('keeps the order of masks and filters', () => {
    const { masks, rowFilter } = decide(relation('SALES', 'PUBLIC', 'ORDERS', 'EMAIL', 'REGION'))
    expect(masks).toMatchObject([
      {
        column: 'EMAIL',
        rules: [
          {
            who: {
              anyOf: 'everyone',
              noneOf: [
                { type: 'role', name: 'ANALYST' },
                { type: 'user', name: 'ALICE' }
              ]
            },
            mask: { kind: 'show last', characters: 4 }
          }
        ]
      }
    ])
    expect(rowFilter).toEqual({
      rules: [
        { who: { anyOf: [{ type: 'role', name: 'ANALYST' }], noneOf: [] }, where: `REGION = 'EU' AND "amount" > 0` },
        { who: { anyOf: 'everyone', noneOf: [] }, where: 'FALSE' }
      ],
      otherwise: 'all rows'
    })
  })

  it('reports all faults at once, with their lines', () => {
    expect(
      broken(`version: 2
managed: { roles: [ANALYST] }
grnts: []
masks:
  - columns: A.B.C.D
    as: shuffle
`)
    ).toEqual([
      'line 1, column 10: version: must be 1',
      expect.stringContaining('line 5, column 5: masks[0].for: must be a name or a list') as string,
      expect.stringContaining('line 6, column 9: masks[0].as: must be one of null, clear') as string,
      expect.stringContaining('line 3, column 8: grnts: is not a known field; known are version, managed') as string
    ])
    expect(
      broken(`version: 1
managed: { roles: [ANALYST, analyst] }
grants:
  - to: [ANALIST, SYSADMIN, everyone, '*']
    on: [sales.PUBLIC.T, A..B, A.B.C.D.E, A.B, '"a"b"']
    privileges: [select, fly]
  - { to: ANALYST, on: A.B.C.D, privileges: insert }
masks:
  - { columns: A.B.C, for: ANALYST, as: { custom: "X'; DROP" } }
  - { columns: A.B.C.D, for: ANALYST, as: { custom: "f({row})" } }
rowFilters:
  - { on: A.B, for: ANALYST, where: "(A = 1" }
  - { on: A.B.C, for: ANALYST, where: "A = 1 -- x" }
`)
    ).toEqual([
      expect.stringContaining('line 2, column 29: managed.roles[1]: must be in upper case') as string,
      expect.stringContaining('grants[0].to[0]: must be among managed.roles') as string,
      expect.stringContaining('grants[0].to[1]: must not be a role of Snowflake itself') as string,
      expect.stringContaining('grants[0].to[2]: must be roles or users') as string,
      expect.stringContaining('grants[0].to[3]: must name one role') as string,
      expect.stringContaining('grants[0].on[0]: must be in upper case') as string,
      expect.stringContaining('grants[0].on[1]: must be names separated by dots') as string,
      expect.stringContaining('grants[0].on[2]: must have at most four parts') as string,
      expect.stringContaining('grants[0].on[4]: must') as string,
      expect.stringContaining('grants[0].privileges[0]: must be a privilege of a schema') as string,
      expect.stringContaining('grants[0].privileges[1]: must be a privilege of a') as string,
      expect.stringContaining('grants[1].privileges: must be select') as string,
      expect.stringContaining('line 9, column 16: masks[0].columns: must have 4 parts') as string,
      expect.stringContaining('masks[0].as.custom: must be one SQL expression') as string,
      expect.stringContaining('masks[1].as.custom: must hold no placeholder but {col}') as string,
      expect.stringContaining('rowFilters[0].on: must have 3 parts') as string,
      expect.stringContaining('rowFilters[0].where: must close its brackets') as string,
      expect.stringContaining('rowFilters[1].where: must hold no comment') as string
    ])
  })

  it('refuses what is no document at all', () => {
    expect(broken('a: [')[0]).toMatch(/^line 1/)
    expect(broken('version: 1\nversion: 1\nmanaged: {}')[0]).toBe('line 2, column 1: must not have the same key twice')
    expect(broken('')).toEqual([
      'line 1, column 1: must be an object; known fields are version, managed, grants, masks, rowFilters'
    ])
    expect(broken('version: 1')).toEqual([
      'line 1, column 1: managed: must be an object; known fields are roles, users'
    ])
    expect(broken('version: 1\nmanaged: {}\ngrants:')).toEqual(['line 3, column 8: grants: must be a list'])
    expect(broken('[1, 2]')).toHaveLength(1)
    expect(broken('['.repeat(50_000)).length).toBeGreaterThan(0)
    expect(
      broken(
        `a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d]\nf: [*e,*e,*e,*e]`
      ).length
    ).toBeGreaterThan(0)
  })

  it('reads JSON as well, and takes the whole file or nothing', () => {
    const json = JSON.stringify(parse(text))
    expect(E.isRight(readPolicyDocument(json, 'p.json'))).toBe(true)
  })

  it('never throws on mutated text', () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 10 }), (at, length, inserted) => {
        const read = readPolicyDocument(text.slice(0, at) + inserted + text.slice(at + length), 'p.yaml')
        if (E.isLeft(read)) expect(read.left.faults.length).toBeGreaterThan(0)
        else compilePolicyDocument(read.right)(relation('HR', 'PUBLIC', 'EMPLOYEES', 'NAME'))
      }),
      { numRuns: 3_000 }
    )
  }, 60_000)

  it('ships its schema, which accepts what it accepts', () => {
    expect(JSON.parse(readFileSync('schema/policy-document.json', 'utf8'))).toEqual(policyDocumentSchema)
    const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(policyDocumentSchema)
    expect(valid(parse(text)), JSON.stringify(valid.errors)).toBe(true)
    for (const wrong of [
      'masks: [{columns: A, for: B, as: no}]',
      'grants: [{to: A, on: B}]',
      'extra: 1',
      'masks: [{columns: A.B.C.D, for: B, as: {showFirst: 0}}]',
      'masks: [{columns: A.B.C, for: B, as: hash}]',
      'rowFilters: [{on: A.B, for: B, where: X = 1}]',
      'grants: [{to: A, on: a.b.c, privileges: select}]',
      'grants: [{to: a, on: A.B.C, privileges: select}]',
      'grants: [{to: everyone, on: A.B.C, privileges: select}]',
      'grants: [{to: A, on: A..C, privileges: select}]',
      'grants: [{to: A, on: A.B.C.D.E, privileges: select}]',
      `grants: [{to: A, on: 'A."b', privileges: select}]`
    ])
      expect(valid(parse(`version: 1\nmanaged: {}\n${wrong}`)), wrong).toBe(false)
  })

  it('ships a schema that refuses nothing it accepts, whatever the names', () => {
    const valid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(policyDocumentSchema)
    const name = fc.string({
      unit: fc.constantFrom('A', 'z', 'É', 'ß', '.', '"', '""', '*', '_', ' ', ':', 'user:', 'role:', '1')
    })
    const names = fc.oneof(
      name,
      fc
        .array(fc.constantFrom('A', '*', '"b c"', '"d""."', 'É1', 'f'), { minLength: 1, maxLength: 5 })
        .map(parts => parts.join('.')),
      fc.constantFrom('everyone', 'user:A', 'role:"b"')
    )
    let accepted = 0
    fc.assert(
      fc.property(names, names, names, (roles, to, on) => {
        for (const rules of [
          { grants: [{ to: 'A', on, privileges: 'select' }] },
          { grants: [{ to, on: 'A.B.C', privileges: 'select' }] },
          { masks: [{ columns: on, for: to, as: 'hash' }] },
          { rowFilters: [{ on, for: 'A', except: to, where: 'X = 1' }] },
          { managed: { roles } }
        ]) {
          const document = { version: 1, managed: { roles: '*', users: '*' }, ...rules }
          if (E.isLeft(readPolicyDocument(JSON.stringify(document), 'p.json'))) continue
          accepted += 1
          expect(valid(document), JSON.stringify(document)).toBe(true)
        }
      }),
      { numRuns: 400 }
    )
    expect(accepted).toBeGreaterThan(50)
  })
})

const catalogue: ReadonlyArray<Resource> = [
  { kind: 'database', name: { database: 'SALES' }, columns: [] },
  { kind: 'schema', name: { database: 'SALES', schema: 'PUBLIC' }, columns: [] },
  relation('SALES', 'PUBLIC', 'ORDERS', 'EMAIL', 'REGION'),
  relation('HR', 'PUBLIC', 'EMPLOYEES', 'NAME', 'SALARY'),
  relation('OTHER', 'X', 'Y', 'SALARY')
]

describe('document PolicySource', () => {
  for (const { name, run } of policySourceContract({
    make: () => Promise.resolve({ source: createDocumentPolicySource({ text }), resources: catalogue })
  }))
    it(name, run)

  it('takes a changed file over, and keeps the last good one when it is broken or gone', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'policies-')), 'policies.yaml')
    const events: Array<string> = []
    const source = createDocumentPolicySource({ path, onEvent: ({ type }) => events.push(type) })
    const signal = new AbortController().signal
    const grantees = async () => {
      const access = await source.accessFor([relation('S', 'P', 'T')], { signal })()
      return E.isLeft(access)
        ? access.left._tag
        : access.right.flatMap(({ grants }) => grants.map(({ grantee }) => grantee.name))
    }
    const document = (role: string) =>
      `version: 1\nmanaged: { roles: '*' }\ngrants: [{ to: ${role}, on: S.P.T, privileges: select }]\n`
    expect(await grantees()).toBe('PolicySourceFailed')
    await writeFile(path, 'version: 1\nnonsense')
    expect(await grantees()).toBe('PolicySourceFailed')
    await writeFile(path, document('FIRST'))
    expect(await grantees()).toEqual(['FIRST'])
    await writeFile(path, document('SECOND'))
    expect(await grantees()).toEqual(['SECOND'])
    await writeFile(path, 'version: 1\nnonsense: true')
    expect(await grantees()).toEqual(['SECOND'])
    await rm(path)
    expect(await grantees()).toEqual(['SECOND'])
    expect(events).toEqual(['policies loaded', 'policies loaded', 'policies refused'])
  })
})

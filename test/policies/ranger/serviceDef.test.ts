/** The service definition for Ranger Admin: the published file, Ranger's own rules for such a file (agents-common, `RangerServiceDefValidator`), and what the masks in it say. */
import { readFileSync } from 'node:fs'
import { orThrow } from 'on-demand-sync'
import { compileRanger, createRangerEngine, readServicePolicies, snowflakeServiceDef } from 'on-demand-sync/policies'
import { describe, expect, it } from 'vitest'
import type { Mask } from '../../../src/access/DesiredAccess.ts'
import { hierarchiesOf } from '../../../src/policies/ranger/matching/Hierarchy.ts'
import { resourceDefsOf } from '../../../src/policies/ranger/model/ServiceDef.ts'
import { renderMask } from '../../../src/snowflake/renderPolicy.ts'
import { resources } from './ranger.ts'

const { resources: levels, accessTypes, configs, dataMaskDef, rowFilterDef } = snowflakeServiceDef
const isUnique = (values: ReadonlyArray<unknown>) => new Set(values).size === values.length
const published: unknown = JSON.parse(readFileSync('schema/ranger-servicedef-snowflake.json', 'utf8'))
const { serviceDef } = orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: published }))

describe('the definition', () => {
  it('is the published file', () => {
    expect(published).toEqual(snowflakeServiceDef)
  })

  it.each([
    ['levels', levels],
    ['access types', accessTypes],
    ['settings', configs],
    ['levels of masks', dataMaskDef.resources],
    ['levels of row filters', rowFilterDef.resources],
    ['masks', dataMaskDef.maskTypes]
  ])('numbers and names its %s, each by its own', (_, defs) => {
    expect(isUnique(defs.map(({ itemId }) => itemId))).toBe(true)
    expect(isUnique(defs.map(({ name }) => name))).toBe(true)
    expect(
      defs.every(({ itemId, name }) => Number.isInteger(itemId) && itemId > 0 && name.trim() === name && name !== '')
    ).toBe(true)
  })

  it('has levels one below another, each with a number of its own on its way', () => {
    const byName = new Map(levels.map(level => [level.name, level]))
    for (const { name, level, parent } of levels) {
      if (parent !== '') expect([name, (byName.get(parent)?.level ?? level) < level]).toEqual([name, true])
      expect(/^[a-z]+$/.test(name)).toBe(true)
    }
    expect(levels.find(({ name }) => name === 'column')?.isValidLeaf).toBe(true)
  })

  it('leads down to where policies of each kind may end', () => {
    const ways = ([0, 1, 2] as const).map(policyType => {
      const defs = resourceDefsOf(serviceDef, policyType)
      return hierarchiesOf(defs)
        .map(way => way.map(({ name }) => name).join('.'))
        .sort()
    })
    expect(ways).toEqual([
      ['database', 'database.schema', 'database.schema.table', 'database.schema.table.column', 'warehouse'],
      ['database.schema.table.column'],
      ['database.schema.table']
    ])
  })

  it('restricts levels to access types that there are, and masks and filters to levels that there are', () => {
    const types = new Set(accessTypes.map(({ name }) => name))
    const restricted = levels.flatMap(({ accessTypeRestrictions }) => accessTypeRestrictions)
    const refined = [...dataMaskDef.accessTypes, ...rowFilterDef.accessTypes].map(({ name }) => name)
    expect([...restricted, ...refined].filter(name => !types.has(name))).toEqual([])
    expect([...types].filter(name => !restricted.includes(name))).toEqual([])
    const names = new Set(levels.map(({ name }) => name))
    expect([...dataMaskDef.resources, ...rowFilterDef.resources].filter(({ name }) => !names.has(name))).toEqual([])
  })

  it('fits the columns of Ranger Admin’s database', () => {
    for (const { label, description, transformer = '' } of dataMaskDef.maskTypes) {
      expect(label.length).toBeLessThanOrEqual(1_024)
      expect(description.length).toBeLessThanOrEqual(1_024)
      expect(transformer.length).toBeLessThanOrEqual(1_024)
    }
  })
})

describe('a mask', () => {
  const column = { name: 'A', dataType: 'VARCHAR(100)' }
  it.each<[string, Mask]>([
    ['MASK', { kind: 'redact' }],
    ['MASK_SHOW_LAST_4', { kind: 'show last', characters: 4 }],
    ['MASK_SHOW_FIRST_4', { kind: 'show first', characters: 4 }],
    ['MASK_HASH', { kind: 'hash' }],
    ['MASK_NULL', { kind: 'null' }]
  ])('%s says what the library makes of it', (name, otherwise) => {
    const transformer = dataMaskDef.maskTypes.find(type => type.name === name)?.transformer ?? ''
    const home = { database: 'GOVERNANCE', schema: 'POLICIES' }
    const { body } = renderMask(home, { column: 'A', rules: [], otherwise }, column, [column]).policy
    expect(body).toContain(transformer.replaceAll('{col}', '"VAL"'))
  })
})

describe('an access type', () => {
  const compiled = (path: string, type: string) => {
    const policy = {
      id: 1,
      name: 'p',
      resources: resources(path),
      policyItems: [{ users: ['ann'], accesses: [{ type }] }]
    }
    const engine = createRangerEngine({
      policies: orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: published, policies: [policy] }))
    })
    const [database = '', schema, table] = path.split('.')
    const name = { database, ...(schema === undefined ? {} : { schema }), ...(table === undefined ? {} : { table }) }
    const kind = table !== undefined ? 'table' : schema !== undefined ? 'schema' : 'database'
    const desired = compileRanger(engine, { managed: { roles: ['*'], users: ['*'] } })
    return desired({ kind, name, columns: [] }).grants.map(({ privilege }) => privilege)
  }

  it.each([
    ['D', 'database'],
    ['D.S', 'schema'],
    ['D.S.T', 'table']
  ])('on %s is a privilege, each another', (path, name) => {
    const types = levels.find(level => level.name === name)?.accessTypeRestrictions ?? []
    const privileges = types.map(type => compiled(path, type))
    expect(privileges.every(({ length }) => length === 1)).toBe(true)
    expect(isUnique(privileges.flat())).toBe(true)
  })
})

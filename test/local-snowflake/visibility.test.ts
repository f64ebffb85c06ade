/** What a role may see and read, after any sequence of grants, against a model of a few lines. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { codeOf } from './client.ts'

/** Raise it for a long run: `VISIBILITY_RUNS=2000`. */
const numRuns = Number(process.env['VISIBILITY_RUNS'] ?? 25)

const roles = ['R0', 'R1', 'R2', 'R3'] as const
const databases = ['D0', 'D1'] as const
const schemas = ['D0.S0', 'D0.S1', 'D1.S0'] as const
const tables = schemas.flatMap(schema => [`${schema}.T0`, `${schema}.T1`])

type RoleName = (typeof roles)[number]

/** What the account holds, as plain sets of texts. */
interface Model {
  /** `object privilege role`. */
  readonly grants: Set<string>
  /** `scope privilege role`. */
  readonly future: Set<string>
  /** `child parent`: the parent role inherits from the child. */
  readonly roleGrants: Set<string>
  readonly owners: Map<string, string>
  readonly existing: Set<string>
}

type Command =
  | { readonly kind: 'grant' | 'revoke'; readonly object: string; readonly privilege: string; readonly role: RoleName }
  | { readonly kind: 'grantRole' | 'revokeRole'; readonly child: RoleName; readonly parent: RoleName }
  | { readonly kind: 'own'; readonly table: string; readonly role: RoleName }
  | {
      readonly kind: 'grantFuture' | 'revokeFuture'
      readonly scope: string
      readonly privilege: string
      readonly role: RoleName
    }
  | { readonly kind: 'create' | 'drop'; readonly table: string }

const parentOf = (object: string): string => object.split('.').slice(0, -1).join('.')
const nounOf = (object: string): string => ['DATABASE', 'SCHEMA', 'TABLE'][object.split('.').length - 1] ?? ''
const startOf = (set: ReadonlySet<string>, prefix: string): ReadonlyArray<string> =>
  [...set].filter(text => text.startsWith(`${prefix} `))

const statementOf = (command: Command): string => {
  switch (command.kind) {
    case 'grant':
      return `GRANT ${command.privilege} ON ${nounOf(command.object)} ${command.object} TO ROLE ${command.role}`
    case 'revoke':
      return `REVOKE ${command.privilege} ON ${nounOf(command.object)} ${command.object} FROM ROLE ${command.role}`
    case 'grantRole':
      return `GRANT ROLE ${command.child} TO ROLE ${command.parent}`
    case 'revokeRole':
      return `REVOKE ROLE ${command.child} FROM ROLE ${command.parent}`
    case 'own':
      return `GRANT OWNERSHIP ON TABLE ${command.table} TO ROLE ${command.role} COPY CURRENT GRANTS`
    case 'grantFuture':
      return `GRANT ${command.privilege} ON FUTURE TABLES IN ${nounOf(command.scope)} ${command.scope} TO ROLE ${command.role}`
    case 'revokeFuture':
      return `REVOKE ${command.privilege} ON FUTURE TABLES IN ${nounOf(command.scope)} ${command.scope} FROM ROLE ${command.role}`
    case 'create':
      return `CREATE TABLE ${command.table} (A INT)`
    case 'drop':
      return `DROP TABLE ${command.table}`
  }
}

/** Says whether the statement is to succeed, and remembers what it does. */
const apply = (model: Model, command: Command): boolean => {
  const { grants, future, roleGrants, owners, existing } = model
  switch (command.kind) {
    case 'grant':
    case 'revoke': {
      const known = nounOf(command.object) !== 'TABLE' || existing.has(command.object)
      const grant = `${command.object} ${command.privilege} ${command.role}`
      if (known && command.kind === 'grant') grants.add(grant)
      if (known && command.kind === 'revoke') grants.delete(grant)
      return known
    }
    case 'grantRole': {
      const circle = inherited(model, command.child).has(command.parent)
      if (!circle) roleGrants.add(`${command.child} ${command.parent}`)
      return !circle
    }
    case 'revokeRole':
      roleGrants.delete(`${command.child} ${command.parent}`)
      return true
    case 'own':
      if (existing.has(command.table)) owners.set(command.table, command.role)
      return existing.has(command.table)
    case 'grantFuture':
      future.add(`${command.scope} ${command.privilege} ${command.role}`)
      return true
    case 'revokeFuture':
      future.delete(`${command.scope} ${command.privilege} ${command.role}`)
      return true
    case 'create':
      return create(model, command.table)
    case 'drop':
      // ACCOUNTADMIN, who runs all this, manages grants on everything, but drops what it owns only.
      if (owners.has(command.table)) return false
      for (const grant of startOf(grants, command.table)) grants.delete(grant)
      return existing.delete(command.table)
  }
}

/** A schema with future grants of its own hides those of its database. */
const create = ({ grants, future, existing }: Model, table: string): boolean => {
  if (existing.has(table)) return false
  existing.add(table)
  const schema = parentOf(table)
  const ofSchema = startOf(future, schema)
  const given = ofSchema.length > 0 ? ofSchema : startOf(future, parentOf(schema))
  for (const grant of given) grants.add([table, ...grant.split(' ').slice(1)].join(' '))
  return true
}

const inherited = ({ roleGrants }: Model, role: string): ReadonlySet<string> => {
  const found = new Set([role])
  for (const member of found)
    for (const grant of roleGrants) {
      const [child = '', parent] = grant.split(' ')
      if (parent === member) found.add(child)
    }
  return found
}

const holdsAny = (model: Model, active: ReadonlySet<string>, object: string): boolean =>
  active.has(model.owners.get(object) ?? '') ||
  startOf(model.grants, object).some(grant => active.has(grant.split(' ')[2] ?? ''))

const expectation = (model: Model, role: string, table: string): 'invisible' | 'visible' | 'readable' => {
  const active = inherited(model, role)
  const schema = parentOf(table)
  const way = [parentOf(schema), schema, table].every(object => holdsAny(model, active, object))
  if (!way || !model.existing.has(table)) return 'invisible'
  const reads =
    active.has(model.owners.get(table) ?? '') || [...active].some(one => model.grants.has(`${table} SELECT ${one}`))
  return reads ? 'readable' : 'visible'
}

const role = fc.constantFrom(...roles)
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('grant' as const, 'grant' as const, 'revoke' as const),
      object: fc.constantFrom<string>(...databases, ...schemas),
      privilege: fc.constantFrom('USAGE', 'MONITOR'),
      role
    })
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('grant' as const, 'grant' as const, 'revoke' as const),
      object: fc.constantFrom(...tables),
      privilege: fc.constantFrom('SELECT', 'INSERT'),
      role
    })
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('grantRole' as const, 'revokeRole' as const),
      child: role,
      parent: role
    })
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('own' as const), table: fc.constantFrom(...tables), role }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('grantFuture' as const, 'revokeFuture' as const),
      scope: fc.constantFrom<string>(...databases, ...schemas),
      privilege: fc.constantFrom('SELECT', 'INSERT'),
      role
    })
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('create' as const, 'drop' as const),
      table: fc.constantFrom(...tables)
    })
  }
)

const setup = [
  ...roles.map(name => `CREATE ROLE ${name}`),
  ...databases.map(name => `CREATE DATABASE ${name}`),
  ...schemas.map(name => `CREATE SCHEMA ${name}`),
  ...tables.map(name => `CREATE TABLE ${name} (A INT)`)
].join(';')

const agrees = async (snowflake: LocalSnowflake, model: Model): Promise<void> => {
  for (const name of roles) {
    const expected = tables.map(table => expectation(model, name, table))
    const shown = (await snowflake.execute('SHOW TABLES IN ACCOUNT', { role: name })).map(row =>
      (['database_name', 'schema_name', 'name'] as const).map(column => row[column] as string).join('.')
    )
    expect([name, shown]).toEqual([name, tables.filter((_, i) => expected[i] !== 'invisible')])
    const codes = { invisible: '002003', visible: '003001', readable: 'none' }
    for (const [i, table] of tables.entries()) {
      const code = await codeOf(snowflake.execute(`SELECT * FROM ${table}`, { role: name }))
      expect([name, table, code]).toEqual([name, table, codes[expected[i] ?? 'invisible']])
    }
  }
}

test('agrees with the model', { timeout: 20_000 + numRuns * 1000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 60 }), async commands => {
      await using snowflake = await startLocalSnowflake({ setup })
      const model: Model = {
        grants: new Set(),
        future: new Set(),
        roleGrants: new Set(),
        owners: new Map(),
        existing: new Set(tables)
      }
      for (const one of commands) {
        const sql = statementOf(one)
        const succeeds = apply(model, one)
        expect([sql, (await codeOf(snowflake.execute(sql))) === 'none']).toEqual([sql, succeeds])
      }
      await agrees(snowflake, model)
    }),
    { numRuns }
  )
})

/**
 * Functions about the session: constants of a statement, known before the engine is asked.
 *
 * @see https://docs.snowflake.com/en/sql-reference/functions-context
 */
import { rolesOfUser, secondaryRoles, withInherited } from '../../privileges/activeRoles.ts'
import type { Role } from '../../catalog/Securable.ts'
import { currentWarehouse } from '../../Session.ts'
import { parameterOf } from '../../statements/parameters.ts'
import { booleanLiteral, nullLiteral, textLiteral } from '../../sql/Literal.ts'
import type { Literal } from '../../sql/Literal.ts'
import { booleanType, dateType, timestampType } from '../../sql/DataType.ts'
import { castTo } from '../coerce.ts'
import { textSql } from '../Compiled.ts'
import type { Compiled } from '../Compiled.ts'
import type { Compiler } from '../Compiler.ts'

const textOrNull = (text: string | undefined): Literal => (text === undefined ? nullLiteral : textLiteral(text))

/** Functions without arguments whose value is a constant. */
export const contextConstants: Readonly<Record<string, (compiler: Compiler) => Literal>> = {
  CURRENT_ROLE: ({ context }) => textOrNull(context.session.role?.name),
  CURRENT_ROLE_TYPE: ({ context }) => (context.session.role === undefined ? nullLiteral : textLiteral('ROLE')),
  CURRENT_USER: ({ context }) => textLiteral(context.session.user.name),
  CURRENT_ACCOUNT: ({ context }) => textLiteral(context.account.name),
  CURRENT_ACCOUNT_NAME: ({ context }) => textLiteral(context.account.name),
  CURRENT_ORGANIZATION_NAME: () => textLiteral('LOCAL'),
  CURRENT_REGION: () => textLiteral('LOCAL'),
  CURRENT_DATABASE: ({ current }) => textOrNull(current.database?.name),
  CURRENT_SCHEMA: ({ current }) => textOrNull(current.schema?.name),
  CURRENT_WAREHOUSE: ({ context }) => textOrNull(currentWarehouse(context.session)?.name),
  CURRENT_SESSION: ({ context }) => textLiteral(String(context.session.id)),
  CURRENT_VERSION: () => textLiteral('9.0.0'),
  CURRENT_CLIENT: () => textLiteral('on-demand-sync'),
  CURRENT_TRANSACTION: () => nullLiteral,
  CURRENT_IP_ADDRESS: () => textLiteral('127.0.0.1'),
  CURRENT_SECONDARY_ROLES: compiler => textLiteral(describeSecondaryRoles(compiler)),
  CURRENT_AVAILABLE_ROLES: compiler => textLiteral(JSON.stringify(availableRoles(compiler))),
  INVOKER_ROLE: ({ invoker }) => (invoker?.kind === 'ROLE' ? textLiteral(invoker.name) : nullLiteral),
  INVOKER_SHARE: () => nullLiteral
}

const describeSecondaryRoles = ({ context }: Compiler): string => {
  const { secondaryRoles: requested } = context.session
  const active = secondaryRoles(context.account, context.session).filter(role => role.kind === 'ROLE')
  if (requested === 'NONE') return '{"roles":"","value":""}'
  const roles = active
    .map(role => role.name)
    .sort()
    .join(',')
  return JSON.stringify({ roles, value: requested === 'ALL' ? 'ALL' : roles })
}

const availableRoles = ({ context }: Compiler): ReadonlyArray<string> =>
  Array.from(withInherited(context.account, rolesOfUser(context.account, context.session.user)))
    .filter(role => role.kind === 'ROLE')
    .map(role => role.name)

/** Names of the roles that are active in the session, database roles by their full name. */
const activeRoleNames = (compiler: Compiler, kind: Role['kind']): ReadonlyArray<string> =>
  Array.from(compiler.context.access.principals()).flatMap(principal =>
    principal.kind === kind
      ? kind === 'ROLE'
        ? principal.name
        : `${principal.parent?.name ?? ''}.${principal.name}`
      : []
  )

/** `f(role)`: a constant for a constant, a test of each row for a column. */
const roleTest = (names: ReadonlyArray<string>, argument: Compiled): Compiled => {
  if (argument.literal !== undefined) {
    const { literal } = argument
    return literal.type === 'null' ? constant(nullLiteral) : constant(booleanLiteral(names.includes(literal.text)))
  }
  return { sql: `list_contains([${names.map(textSql).join(', ')}], ${argument.sql})`, type: booleanType }
}

const constant = (literal: Literal): Compiled => ({
  sql: literal.type === 'null' ? 'NULL' : literal.text.toUpperCase(),
  type: booleanType,
  literal
})

/** A database role may be named with or without its database: the one of the protected table, or in use. */
const databaseRoleNames = (compiler: Compiler): ReadonlyArray<string> => {
  const full = activeRoleNames(compiler, 'DATABASE ROLE')
  const prefix = `${compiler.current.database?.name ?? ''}.`
  return [...full, ...full.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))]
}

const invokerRoleNames = ({ invoker, context }: Compiler): ReadonlyArray<string> =>
  invoker === undefined ? [] : Array.from(withInherited(context.account, [invoker]), role => role.name)

export const roleTests: Readonly<Record<string, (compiler: Compiler, argument: Compiled) => Compiled>> = {
  IS_ROLE_IN_SESSION: (compiler, argument) => roleTest(activeRoleNames(compiler, 'ROLE'), argument),
  IS_DATABASE_ROLE_IN_SESSION: (compiler, argument) => roleTest(databaseRoleNames(compiler), argument),
  IS_GRANTED_TO_INVOKER_ROLE: (compiler, argument) => roleTest(invokerRoleNames(compiler), argument)
}

/** Now, as one moment for the whole statement. */
const now = ({ context }: Compiler): Compiled => ({
  sql: `CAST(${textSql(new Date(context.account.clock.now()).toISOString())} AS TIMESTAMPTZ)`,
  type: timestampType('TIMESTAMP_LTZ')
})

const utcNow = ({ context }: Compiler): Compiled => ({
  sql: `CAST(${textSql(new Date(context.account.clock.now()).toISOString().slice(0, -1))} AS TIMESTAMP)`,
  type: timestampType('TIMESTAMP_NTZ')
})

const zone = ({ context }: Compiler): string => parameterOf(context.account, context.session, 'TIMEZONE')

/** The session's wall clock. */
const localNow = (compiler: Compiler): Compiled => ({
  sql: `timezone(${textSql(zone(compiler))}, ${now(compiler).sql})`,
  type: timestampType('TIMESTAMP_NTZ')
})

export const clockFunctions: Readonly<Record<string, (compiler: Compiler) => Compiled>> = {
  CURRENT_TIMESTAMP: now,
  LOCALTIMESTAMP: now,
  GETDATE: now,
  SYSTIMESTAMP: now,
  SYSDATE: utcNow,
  CURRENT_DATE: compiler => castTo(localNow(compiler), dateType),
  CURRENT_TIME: compiler => castTo(localNow(compiler), { name: 'TIME', scale: 9 }),
  LOCALTIME: compiler => castTo(localNow(compiler), { name: 'TIME', scale: 9 })
}

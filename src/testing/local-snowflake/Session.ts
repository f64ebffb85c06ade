/** One login: its user, what is in use, and what it has set. */
import type { Database, Schema } from './catalog/Container.ts'
import type { Role, Securable } from './catalog/Securable.ts'
import type { User } from './catalog/Principal.ts'
import type { Warehouse } from './catalog/Warehouse.ts'
import type { Literal } from './sql/Literal.ts'

export interface Session {
  readonly id: number
  readonly user: User
  role: Role | undefined
  secondaryRoles: 'ALL' | 'NONE' | ReadonlyArray<Role>
  /** Set when a token allows one role only. */
  readonly onlyRole: Role | undefined
  database: Database | undefined
  schema: Schema | undefined
  warehouse: Warehouse | undefined
  readonly parameters: Map<string, string>
  /** By upper-case name. */
  readonly variables: Map<string, Literal>
  /** Temporary tables and views, by schema and name: they hide permanent ones of the same name. */
  readonly temporaries: Map<string, Securable>
  /** Newest last. */
  readonly queryIds: string[]
}

export const createSession = (id: number, user: User, onlyRole?: Role): Session => ({
  id,
  user,
  role: onlyRole,
  secondaryRoles: onlyRole === undefined ? user.defaultSecondaryRoles : 'NONE',
  onlyRole,
  database: undefined,
  schema: undefined,
  warehouse: undefined,
  parameters: new Map(),
  variables: new Map(),
  temporaries: new Map(),
  queryIds: []
})

export const temporaryKey = (schema: Schema, name: string): string => `${schema.id} ${name}`

/** What is still there of what the session uses: a dropped database is in use no more. */
export const currentDatabase = (session: Session): Database | undefined =>
  session.database?.dropped === false ? session.database : undefined

export const currentSchema = (session: Session): Schema | undefined =>
  session.schema?.dropped === false && session.schema.parent === currentDatabase(session) ? session.schema : undefined

export const currentWarehouse = (session: Session): Warehouse | undefined =>
  session.warehouse?.dropped === false ? session.warehouse : undefined

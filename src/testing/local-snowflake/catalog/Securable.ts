/** What every object has: an identity that survives renaming, an owner, a place in the hierarchy. */
import type { ObjectName } from '../sql/Cursor.ts'
import type { ObjectKind } from './ObjectKind.ts'

export interface Securable {
  readonly id: number
  readonly kind: ObjectKind
  readonly createdOn: number
  name: string
  comment: string
  /** Undefined: the SYSTEM role, whose objects and grants nobody can change. */
  owner: Role | undefined
  /** The schema of a table, the database of a schema, the account of a database. */
  parent: Securable | undefined
  dropped: boolean
  /** Tag values set on the object itself, by tag. */
  readonly tags: Map<Securable, string>
}

/** An account role or a database role. */
export interface Role extends Securable {
  readonly kind: 'ROLE' | 'DATABASE ROLE'
}

/** The object and everything around it, innermost first; the account is left out. */
export function* ancestry(object: Securable): Generator<Securable> {
  for (let at: Securable | undefined = object; at !== undefined && at.kind !== 'ACCOUNT'; at = at.parent) yield at
}

/** Its name with the names of its database and schema. */
export const fullName = (object: Securable): ObjectName =>
  Array.from(ancestry(object), ancestor => ancestor.name).reverse()

export const isWithin = (object: Securable, container: Securable): boolean => {
  for (const ancestor of ancestry(object)) if (ancestor === container) return true
  return container.kind === 'ACCOUNT'
}

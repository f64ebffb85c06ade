/**
 * Who was given what by whom. The store keeps what it is told; who may tell it is decided in `privileges/`.
 *
 * One grant is identified by privilege, object, grantee and grantor: the same privilege may come from several grantors.
 */
import { isWithin } from './Securable.ts'
import type { Role, Securable } from './Securable.ts'
import type { ObjectKind } from './ObjectKind.ts'
import type { Principal } from './Principal.ts'

export interface Grant {
  readonly privilege: string
  readonly object: Securable
  readonly grantee: Principal
  /** Undefined: the SYSTEM role. */
  readonly grantor: Role | undefined
  readonly grantOption: boolean
  readonly createdOn: number
}

export interface RoleGrant {
  readonly role: Role
  readonly grantee: Principal
  readonly grantor: Role | undefined
  readonly createdOn: number
}

export interface FutureGrant {
  readonly privilege: string
  readonly objectKind: ObjectKind
  /** A database or a schema. */
  readonly scope: Securable
  readonly grantee: Principal
  readonly grantOption: boolean
  readonly createdOn: number
}

export interface Grants {
  /** Rises with every change: what was worked out from the grants before is stale. */
  readonly version: () => number
  readonly on: (object: Securable) => ReadonlyArray<Grant>
  readonly to: (principal: Principal) => ReadonlyArray<Grant>
  /** Adds a grant, or the grant option to the one that is there. */
  readonly add: (grant: Grant) => void
  readonly remove: (grant: Grant) => void
  readonly roleGrants: {
    readonly of: (role: Role) => ReadonlyArray<RoleGrant>
    readonly to: (principal: Principal) => ReadonlyArray<RoleGrant>
  }
  readonly addRoleGrant: (grant: RoleGrant) => void
  readonly removeRoleGrant: (role: Role, grantee: Principal) => void
  readonly future: {
    readonly in: (scope: Securable) => ReadonlyArray<FutureGrant>
    readonly to: (principal: Principal) => ReadonlyArray<FutureGrant>
  }
  readonly addFuture: (grant: FutureGrant) => void
  readonly removeFuture: (grant: FutureGrant) => void
  /** Forgets every grant on the dropped object and on what was inside it, and every grant to it. */
  readonly forget: (object: Securable) => void
}

export const createGrants = (): Grants => {
  const byObject = createIndex<Securable, Grant>()
  const byGrantee = createIndex<Principal, Grant>()
  const byRole = createIndex<Role, RoleGrant>()
  const byMember = createIndex<Principal, RoleGrant>()
  const byScope = createIndex<Securable, FutureGrant>()
  const futureByGrantee = createIndex<Principal, FutureGrant>()
  let version = 0

  const changed = <A>(change: (value: A) => void): ((value: A) => void) => {
    return value => {
      version += 1
      change(value)
    }
  }
  const remove = changed((grant: Grant) => {
    byObject.remove(grant.object, grant)
    byGrantee.remove(grant.grantee, grant)
  })
  const add = changed((grant: Grant) => {
    const same = byObject.of(grant.object).find(known => isSameGrant(known, grant))
    if (same?.grantOption === true || (same !== undefined && !grant.grantOption)) return
    if (same !== undefined) remove(same)
    const kept = same === undefined ? grant : { ...grant, createdOn: same.createdOn }
    byObject.add(kept.object, kept)
    byGrantee.add(kept.grantee, kept)
  })
  const addRoleGrant = changed((grant: RoleGrant) => {
    if (byRole.of(grant.role).some(known => known.grantee === grant.grantee)) return
    byRole.add(grant.role, grant)
    byMember.add(grant.grantee, grant)
  })
  const dropRoleGrant = changed((grant: RoleGrant) => {
    byRole.remove(grant.role, grant)
    byMember.remove(grant.grantee, grant)
  })
  const removeFuture = changed((grant: FutureGrant) => {
    byScope.remove(grant.scope, grant)
    futureByGrantee.remove(grant.grantee, grant)
  })
  const addFuture = changed((grant: FutureGrant) => {
    const same = byScope.of(grant.scope).find(known => isSameFuture(known, grant))
    if (same !== undefined) removeFuture(same)
    byScope.add(grant.scope, grant)
    futureByGrantee.add(grant.grantee, grant)
  })
  const forget = changed((object: Securable) => {
    for (const key of byObject.keys()) if (isWithin(key, object)) byObject.of(key).forEach(remove)
    for (const key of byGrantee.keys()) if (isWithin(key, object)) byGrantee.of(key).forEach(remove)
    for (const key of byRole.keys()) if (isWithin(key, object)) byRole.of(key).forEach(dropRoleGrant)
    for (const key of byMember.keys()) if (isWithin(key, object)) byMember.of(key).forEach(dropRoleGrant)
    for (const key of byScope.keys()) if (isWithin(key, object)) byScope.of(key).forEach(removeFuture)
    for (const key of futureByGrantee.keys()) if (isWithin(key, object)) futureByGrantee.of(key).forEach(removeFuture)
  })
  return {
    version: () => version,
    on: byObject.of,
    to: byGrantee.of,
    add,
    remove,
    roleGrants: { of: byRole.of, to: byMember.of },
    addRoleGrant,
    removeRoleGrant: (role, grantee) =>
      byRole
        .of(role)
        .filter(grant => grant.grantee === grantee)
        .forEach(dropRoleGrant),
    future: { in: byScope.of, to: futureByGrantee.of },
    addFuture,
    removeFuture,
    forget
  }
}

const isSameGrant = (a: Grant, b: Grant): boolean =>
  a.privilege === b.privilege && a.object === b.object && a.grantee === b.grantee && a.grantor === b.grantor

const isSameFuture = (a: FutureGrant, b: FutureGrant): boolean =>
  a.privilege === b.privilege && a.objectKind === b.objectKind && a.scope === b.scope && a.grantee === b.grantee

interface Index<K, V> {
  /** A list of its own: removing while walking it is safe. */
  readonly of: (key: K) => ReadonlyArray<V>
  readonly keys: () => ReadonlyArray<K>
  readonly add: (key: K, value: V) => void
  readonly remove: (key: K, value: V) => void
}

const createIndex = <K, V>(): Index<K, V> => {
  const values = new Map<K, Set<V>>()
  return {
    of: key => Array.from(values.get(key) ?? []),
    keys: () => Array.from(values.keys()),
    add: (key, value) => {
      const known = values.get(key) ?? new Set<V>()
      values.set(key, known.add(value))
    },
    remove: (key, value) => {
      const known = values.get(key)
      known?.delete(value)
      if (known?.size === 0) values.delete(key)
    }
  }
}

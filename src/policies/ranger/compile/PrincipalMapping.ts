/** From Ranger's users, groups and roles to Snowflake's roles and users. */
import { describePrincipal, principalKey } from '../../../access/Principal.ts'
import type { Principal } from '../../../access/Principal.ts'

/** What kind of name Ranger means. */
export type RangerPrincipalKind = 'user' | 'group' | 'role'

/** How names of one kind become names of Snowflake. */
export interface NameMapping {
  /** Default `''`. */
  readonly prefix?: string
  /** Default `upper`: as Snowflake stores unquoted names. */
  readonly case?: 'upper' | 'lower' | 'as is'
  /** Exact Snowflake names by exact Ranger name, before prefix and case; `null`: there is none. */
  readonly names?: Readonly<Record<string, string | null>>
}

/** How principals become principals of Snowflake. Where two would become the same one, neither is granted anything, and it is said so. */
export interface PrincipalMapping {
  /** Users are users of Snowflake unless `as` says that each has a role of their own. */
  readonly users?: NameMapping & { readonly as?: 'user' | 'role' }
  /** Groups are roles of Snowflake. */
  readonly groups?: NameMapping
  /** Roles are roles of Snowflake. */
  readonly roles?: NameMapping
  /** The role that every user holds, for what is allowed to `public`. Default: none, and it is granted to all groups and users that are known. */
  readonly everyone?: string
}

/** One kind of name and the name. */
export interface RangerPrincipal {
  readonly kind: RangerPrincipalKind
  readonly name: string
}

/** The mapping, worked out for the names that there are. */
export interface PrincipalMap {
  /** Undefined: there is none, or it is another one's as well. */
  readonly of: (principal: RangerPrincipal) => Principal | undefined
  /** Also where it is another one's as well: for taking away, which may hit too many. */
  readonly anyOf: (principal: RangerPrincipal) => Principal | undefined
  readonly everyone: Principal | undefined
  /** Why there is none, in words; undefined where there is one. */
  readonly obstacle: (principal: RangerPrincipal) => string | undefined
}

const cased = {
  upper: (name: string) => name.toUpperCase(),
  lower: (name: string) => name.toLowerCase(),
  'as is': (name: string) => name
}

const target = (mapping: PrincipalMapping, { kind, name }: RangerPrincipal): Principal | undefined => {
  const own: NameMapping & { readonly as?: 'user' | 'role' } = mapping[`${kind}s`] ?? {}
  const type = kind === 'user' ? (own.as ?? 'user') : 'role'
  const listed = own.names !== undefined && Object.hasOwn(own.names, name) ? own.names[name] : undefined
  if (listed === null) return undefined
  return { type, name: listed ?? `${own.prefix ?? ''}${cased[own.case ?? 'upper'](name)}` }
}

/** In words: `group hr`. */
export const describeRanger = ({ kind, name }: RangerPrincipal): string => `${kind} ${name}`

/** Works the mapping out for all names that there are, so that collisions show. */
export const createPrincipalMap = (mapping: PrincipalMapping, all: Iterable<RangerPrincipal>): PrincipalMap => {
  const owners = new Map<string, RangerPrincipal>()
  const clashes = new Map<string, RangerPrincipal>()
  const everyone: Principal | undefined =
    mapping.everyone === undefined ? undefined : { type: 'role', name: mapping.everyone }
  for (const principal of all) {
    const found = target(mapping, principal)
    if (found === undefined) continue
    const key = principalKey(found)
    const owner = owners.get(key)
    if (owner === undefined) owners.set(key, principal)
    else if (owner.kind !== principal.kind || owner.name !== principal.name) clashes.set(key, principal)
  }
  const clashOf = (found: Principal, principal: RangerPrincipal): RangerPrincipal | undefined => {
    const key = principalKey(found)
    const other = clashes.get(key)
    if (other === undefined) return undefined
    return other.kind === principal.kind && other.name === principal.name ? owners.get(key) : other
  }
  const isEveryone = (found: Principal) => everyone !== undefined && principalKey(found) === principalKey(everyone)
  return {
    everyone,
    anyOf: principal => target(mapping, principal),
    of: principal => {
      const found = target(mapping, principal)
      return found === undefined || isEveryone(found) || clashes.has(principalKey(found)) ? undefined : found
    },
    obstacle: principal => {
      const found = target(mapping, principal)
      if (found === undefined) return `${describeRanger(principal)} is not mapped to anything`
      if (isEveryone(found))
        return `${describeRanger(principal)} is mapped to ${describePrincipal(found)}, which every user holds`
      const other = clashOf(found, principal)
      return (
        other &&
        `${describeRanger(principal)} and ${describeRanger(other)} are both mapped to ${describePrincipal(found)}`
      )
    }
  }
}

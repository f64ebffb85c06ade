/** What one policy grants and denies to the principals it names, without putting principals together (agents-common, `RangerPolicyEvaluator.PolicyACLSummary`). */
import type { PolicyItem } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import type { ImpliedGrants, ItemEvaluator } from './ItemEvaluator.ts'
import type { PolicyEvaluator } from './PolicyEvaluator.ts'
import { accessTypes, specialPrincipals } from './specialNames.ts'

/** -1: denied; 0: allowed and denied; 1: allowed; 2: depends on more than names. */
export type AclResult = -1 | 0 | 1 | 2

/** Results by principal and access type. */
export type AclTable = Map<string, Map<string, AclResult>>

/** The summary of one policy. */
export interface AclSummary {
  readonly users: AclTable
  readonly groups: AclTable
  readonly roles: AclTable
}

type ItemKind = 'deny' | 'deny exception' | 'allow' | 'allow exception'

const isForAnyone = ({ item }: ItemEvaluator): boolean =>
  item.groups.includes(specialPrincipals.public) || item.users.includes(specialPrincipals.anyUser)

/** An exception whose members, or whose time, can't be told from its names. */
const isOpen = (exceptions: ReadonlyArray<ItemEvaluator>): boolean =>
  exceptions.some(
    ({ item }) =>
      item.conditions.length > 0 || (item.groups.length > 0 && !item.groups.includes(specialPrincipals.public))
  )

/** Everyone, but for some: who exactly can't be told by name. */
const isPartOfAll = (items: ReadonlyArray<ItemEvaluator>, exceptions: ReadonlyArray<ItemEvaluator>): boolean =>
  exceptions.length > 0 && items.some(isForAnyone) && !exceptions.some(isForAnyone)

/** As written, with the right to administer, and with what they bring along. */
const accessesOf = (item: PolicyItem, impliedGrants: ImpliedGrants): ReadonlyArray<string> => {
  const written = item.accesses.map(({ type }) => type)
  const lower = new Set(written.map(type => type.toLowerCase()))
  const implied = [...lower].flatMap(type => impliedGrants.get(type) ?? [])
  const admin = item.delegateAdmin ? [accessTypes.admin] : []
  return [...written, ...admin, ...implied.filter(type => !lower.has(type.toLowerCase()))]
}

const atLeast = (value: number, least: number): AclResult => Math.max(value, least) as AclResult
const atMost = (value: number, most: number): AclResult => Math.min(value, most) as AclResult

/** The new result of a principal that has one. */
const merged = (current: AclResult, kind: ItemKind, result: AclResult): AclResult => {
  if (result === -1) {
    if (current === 2) return -1
    return atLeast(current - 1, kind === 'deny' ? -1 : 0)
  }
  if (result === 1) {
    if (current === 2) return kind === 'allow' ? 1 : 2
    return atMost(current + 1, kind === 'allow' ? 1 : 0)
  }
  return current === 0 ? result : current
}

const add = (table: AclTable, principal: string, accessType: string, kind: ItemKind, result: AclResult): void => {
  const own = table.get(principal) ?? new Map<string, AclResult>()
  table.set(principal, own)
  const current = own.get(accessType)
  if (current !== undefined) own.set(accessType, merged(current, kind, result))
  else if (kind === 'allow' || kind === 'deny') own.set(accessType, result)
}

/** What is so for everyone is not said of single users and groups. */
const removeSaidOfAll = ({ users, groups }: AclSummary): void => {
  for (const [accessType, result] of groups.get(specialPrincipals.public) ?? []) {
    if (result !== -1 && result !== 1) continue
    for (const table of [users, groups])
      for (const [principal, own] of table) {
        if (table === groups && principal === specialPrincipals.public) continue
        own.delete(accessType)
        if (own.size === 0) table.delete(principal)
      }
  }
}

/** Whoever is named and not allowed is denied; of everyone it can be told only where all that are named are denied. */
const denyAllElse = ({ users, groups }: AclSummary, serviceDef: ServiceDef): void => {
  const types = serviceDef.accessTypes.map(({ name }) => name).filter(name => name.toLowerCase() !== 'all')
  for (const own of [...users.values(), ...groups.values()]) {
    for (const [accessType, result] of own) if (result === 0) own.set(accessType, -1)
    for (const accessType of types) if (!own.has(accessType)) own.set(accessType, -1)
  }
  const named = [
    ...users.values(),
    ...[...groups].filter(([name]) => name !== specialPrincipals.public).map(([, own]) => own)
  ]
  const forAll = groups.get(specialPrincipals.public) ?? new Map<string, AclResult>()
  groups.set(specialPrincipals.public, forAll)
  for (const accessType of types)
    if (!forAll.has(accessType)) forAll.set(accessType, named.every(own => own.get(accessType) === -1) ? -1 : 2)
}

/** The summary of a policy. */
export const aclSummary = (
  evaluator: PolicyEvaluator,
  serviceDef: ServiceDef,
  impliedGrants: ImpliedGrants
): AclSummary => {
  const summary: AclSummary = { users: new Map(), groups: new Map(), roles: new Map() }
  const { allow, deny, allowExceptions, denyExceptions } = evaluator
  const [openDeny, openAllow] = [
    isOpen(denyExceptions) || isPartOfAll(deny, denyExceptions),
    isOpen(allowExceptions) || isPartOfAll(allow, allowExceptions)
  ]

  const process = (items: ReadonlyArray<ItemEvaluator>, kind: ItemKind, isConditional: boolean): void => {
    for (const { item } of items) {
      const depends = isConditional || item.conditions.length > 0
      if (depends && (kind === 'allow exception' || kind === 'deny exception')) continue
      const plain: AclResult = kind === 'allow' || kind === 'deny exception' ? 1 : -1
      const result = depends ? 2 : plain
      for (const accessType of accessesOf(item, impliedGrants)) {
        const { anyUser, public: everyone } = specialPrincipals
        for (const user of item.users)
          if (user !== anyUser && user.trim() !== '') add(summary.users, user, accessType, kind, result)
        for (const group of item.groups) if (group !== everyone) add(summary.groups, group, accessType, kind, result)
        if (item.users.includes(anyUser) || item.groups.includes(everyone))
          add(summary.groups, everyone, accessType, kind, result)
        for (const role of item.roles) add(summary.roles, role, accessType, kind, result)
      }
    }
  }

  process(deny, 'deny', openDeny)
  if (!openDeny) process(denyExceptions, 'deny exception', false)
  process(allow, 'allow', openAllow)
  if (!openAllow) process(allowExceptions, 'allow exception', false)
  removeSaidOfAll(summary)
  if (evaluator.policy.isDenyAllElse) denyAllElse(summary, serviceDef)
  return summary
}

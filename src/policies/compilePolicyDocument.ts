/** A document as a function from a resource to its desired access. */
import * as E from 'fp-ts/lib/Either.js'
import type { ColumnMask, DesiredAccess, DesiredGrant, Mask, RowFilter } from '../access/DesiredAccess.ts'
import type { ManagedSet, Principal, Who } from '../access/Principal.ts'
import { principalKey } from '../access/Principal.ts'
import type { Resource } from '../Resource.ts'
import { isRelation } from '../Resource.ts'
import { privilegeName } from './checkPolicyDocument.ts'
import { readGrantee, readPrincipal } from './DocumentPrincipal.ts'
import { managedSet } from './ManagedNames.ts'
import type { OneOrMany } from './OneOrMany.ts'
import { many } from './OneOrMany.ts'
import type { DocumentMask, PolicyDocument } from './PolicyDocument.ts'
import type { ResourcePattern } from './ResourcePattern.ts'
import { matchesPrefix, readResourcePattern } from './ResourcePattern.ts'

interface CompiledGrant {
  readonly patterns: ReadonlyArray<ResourcePattern>
  readonly grants: ReadonlyArray<DesiredGrant>
}

interface CompiledRule<A> {
  readonly patterns: ReadonlyArray<ResourcePattern>
  readonly who: Who
  readonly then: A
}

/** What the document says of a resource. */
export type DecideAccess = (resource: Resource) => Omit<DesiredAccess, 'policyVersion'>

/** Compiles a document that `readPolicyDocument` has accepted. */
export const compilePolicyDocument = (document: PolicyDocument): DecideAccess => {
  const managed = managedSet(document.managed)
  const grants = (document.grants ?? []).map(({ to, on, privileges, grantOption = false }): CompiledGrant => ({
    patterns: patternsOf(on),
    grants: rights(many(to).map(readGrantee)).flatMap(grantee =>
      many(privileges).map(privilege => ({ privilege: privilegeName(privilege), grantee, grantOption }))
    )
  }))
  const masks = (document.masks ?? []).map(({ columns, for: whom, except, as }): CompiledRule<Mask> => ({
    patterns: patternsOf(columns),
    who: whoOf(whom, except),
    then: maskOf(as)
  }))
  const filters = (document.rowFilters ?? []).map(({ on, for: whom, except, where }): CompiledRule<string> => ({
    patterns: patternsOf(on),
    who: whoOf(whom, except),
    then: typeof where === 'string' ? where : String(where).toUpperCase()
  }))
  return resource =>
    isRelation(resource.kind)
      ? relationAccess(resource, managed, grants, masks, filters)
      : containerAccess(resource, managed, grants)
}

const rights = <A>(results: ReadonlyArray<E.Either<string, A>>): ReadonlyArray<A> =>
  results.flatMap(result => (E.isRight(result) ? [result.right] : []))
const patternsOf = (texts: OneOrMany): ReadonlyArray<ResourcePattern> => rights(many(texts).map(readResourcePattern))

const whoOf = (whom: OneOrMany, except: OneOrMany | undefined): Who => {
  const principals = rights(many(whom).map(readPrincipal))
  const excluded = rights(many(except).map(readPrincipal))
  const named = (some: typeof principals) => some.filter(principal => principal !== 'everyone')
  if (excluded.includes('everyone')) return { anyOf: [], noneOf: [] }
  return { anyOf: principals.includes('everyone') ? 'everyone' : named(principals), noneOf: named(excluded) }
}

const maskOf = (as: DocumentMask): Mask => {
  if (as === null || as === 'null') return { kind: 'null' }
  if (typeof as === 'string') return { kind: as }
  if ('showFirst' in as) return { kind: 'show first', characters: as.showFirst }
  if ('showLast' in as) return { kind: 'show last', characters: as.showLast }
  return { kind: 'custom', expression: as.custom }
}

/** Each privilege of each principal once; with grant option where any rule says so. */
const merged = (grants: ReadonlyArray<DesiredGrant>): ReadonlyArray<DesiredGrant> => {
  const found = new Map<string, DesiredGrant>()
  for (const grant of grants) {
    const key = `${principalKey(grant.grantee)}\n${grant.privilege}`
    found.set(key, { ...grant, grantOption: grant.grantOption || (found.get(key)?.grantOption ?? false) })
  }
  return [...found.keys()].sort().flatMap(key => found.get(key) ?? [])
}

const namesOf = ({ name: { database, schema, table } }: Resource): ReadonlyArray<string> =>
  [database, schema, table].filter(name => name !== undefined)

/** A database or schema: what is granted on itself, and the USAGE that grants on what lies inside bring with them. */
const containerAccess = (resource: Resource, managed: ManagedSet, rules: ReadonlyArray<CompiledGrant>) => {
  const names = namesOf(resource)
  const grants = rules.flatMap(({ patterns, grants: own }) => {
    const matching = patterns.filter(pattern => matchesPrefix(pattern, names))
    const onItself = matching.some(({ parts }) => parts.length === names.length) ? own : []
    const inside = matching.some(({ parts }) => parts.length >= 3)
      ? own.map(grant => ({ ...grant, privilege: 'USAGE', grantOption: false }))
      : []
    return [...onItself, ...inside]
  })
  return { resource, grants: merged(grants), masks: [], managed, notes: [] }
}

const relationAccess = (
  resource: Resource,
  managed: ManagedSet,
  grantRules: ReadonlyArray<CompiledGrant>,
  maskRules: ReadonlyArray<CompiledRule<Mask>>,
  filterRules: ReadonlyArray<CompiledRule<string>>
) => {
  const names = namesOf(resource)
  const matching = (patterns: ReadonlyArray<ResourcePattern>, parts: ReadonlyArray<string>) =>
    patterns.some(pattern => pattern.parts.length === parts.length && matchesPrefix(pattern, parts))
  const whole = grantRules.filter(({ patterns }) => matching(patterns, names)).flatMap(({ grants }) => grants)
  const byColumn = new Map(
    resource.columns.map(({ name }) => [
      name,
      grantRules.filter(({ patterns }) => matching(patterns, [...names, name])).flatMap(({ grants }) => grants)
    ])
  )
  const hidden = hiddenColumns(whole, byColumn)
  const masks = resource.columns.flatMap(({ name }): ReadonlyArray<ColumnMask> => {
    const rules = maskRules
      .filter(({ patterns }) => matching(patterns, [...names, name]))
      .map(({ who, then }) => ({ who, mask: then }))
    const all = [...(hidden.get(name) ?? []), ...rules]
    return all.length === 0 ? [] : [{ column: name, rules: all, otherwise: { kind: 'clear' } }]
  })
  const filters = filterRules
    .filter(({ patterns }) => matching(patterns, names))
    .map(({ who, then }) => ({ who, where: then }))
  const rowFilter: RowFilter | undefined = filters.length === 0 ? undefined : { rules: filters, otherwise: 'all rows' }
  return {
    resource,
    grants: merged([...whole, ...[...byColumn.values()].flat()]),
    masks,
    managed,
    notes: [],
    ...(rowFilter === undefined ? {} : { rowFilter })
  }
}

/**
 * Snowflake grants no single columns: who may see some of a table gets SELECT on all of it, and NULL in the others. The NULL is not for those who may see the column by
 * another of their roles.
 */
const hiddenColumns = (
  whole: ReadonlyArray<DesiredGrant>,
  byColumn: ReadonlyMap<string, ReadonlyArray<DesiredGrant>>
): ReadonlyMap<string, ColumnMask['rules']> => {
  const selecting = (grants: ReadonlyArray<DesiredGrant>) =>
    new Map(
      grants.filter(({ privilege }) => privilege === 'SELECT').map(({ grantee }) => [principalKey(grantee), grantee])
    )
  const unlimited = selecting(whole)
  const limited = new Map([...selecting([...byColumn.values()].flat())].filter(([key]) => !unlimited.has(key)))
  return new Map(
    [...byColumn].flatMap(([column, grants]): ReadonlyArray<[string, ColumnMask['rules']]> => {
      const allowed = selecting(grants)
      const anyOf: ReadonlyArray<Principal> = [...limited]
        .filter(([key]) => !allowed.has(key))
        .map(([, principal]) => principal)
      if (anyOf.length === 0) return []
      return [
        [
          column,
          [{ who: { anyOf, noneOf: [...new Map([...unlimited, ...allowed]).values()] }, mask: { kind: 'null' } }]
        ]
      ]
    })
  )
}

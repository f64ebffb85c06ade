/** Whether the names and expressions of a document make sense. Everything a typo could do in silence is a fault here. */
import * as E from 'fp-ts/lib/Either.js'
import { isManaged } from '../access/diffAccess.ts'
import { carries } from '../access/privileges.ts'
import type { ManagedSet } from '../access/Principal.ts'
import type { CodecFault } from '../internal/codecFaults.ts'
import { readSqlExpression } from '../internal/sqlExpression.ts'
import type { ResourceKind } from '../Resource.ts'
import { readGrantee, readPrincipal } from './DocumentPrincipal.ts'
import { managedFaults, managedSet } from './ManagedNames.ts'
import { each, many } from './OneOrMany.ts'
import type { Path } from './OneOrMany.ts'
import type { DocumentMask, GrantRule, MaskRule, PolicyDocument, RowFilterRule } from './PolicyDocument.ts'
import { readResourcePattern } from './ResourcePattern.ts'

/** All faults beyond the document's form. */
export const checkPolicyDocument = (document: PolicyDocument): ReadonlyArray<CodecFault> => {
  const managed = managedSet(document.managed)
  return [
    ...managedFaults(document.managed, ['managed']),
    ...(document.grants ?? []).flatMap((rule, index) => checkGrant(rule, ['grants', index], managed)),
    ...(document.masks ?? []).flatMap((rule, index) => checkMask(rule, ['masks', index])),
    ...(document.rowFilters ?? []).flatMap((rule, index) => checkRowFilter(rule, ['rowFilters', index]))
  ]
}

const checkGrant = ({ to, on, privileges }: GrantRule, path: Path, managed: ManagedSet): ReadonlyArray<CodecFault> => {
  const ours = isManaged(managed)
  const readManagedGrantee = (text: string) => {
    const grantee = readGrantee(text)
    if (E.isLeft(grantee) || ours(grantee.right)) return grantee
    return E.left(
      `must be among managed.${grantee.right.type}s: what is granted to a ${grantee.right.type} outside of them would never be taken away again`
    )
  }
  const levels = new Set(
    many(on).flatMap(pattern =>
      E.match(
        () => [] as ReadonlyArray<number>,
        (found: { readonly parts: ReadonlyArray<unknown> }) => [found.parts.length]
      )(readResourcePattern(pattern))
    )
  )
  return [
    ...each(to, [...path, 'to'], readManagedGrantee),
    ...each(on, [...path, 'on'], readResourcePattern),
    ...each(privileges, [...path, 'privileges'], privilege => checkPrivilege(privilege, levels))
  ]
}

/** `create table`, `CREATE_TABLE` -> `CREATE TABLE` */
export const privilegeName = (text: string): string =>
  text
    .trim()
    .replace(/[\s_]+/g, ' ')
    .toUpperCase()

const kindsAt: { readonly [parts: number]: ReadonlyArray<ResourceKind> } = {
  1: ['database'],
  2: ['schema'],
  3: [
    'table',
    'view',
    'materialized view',
    'external table',
    'dynamic table',
    'iceberg table',
    'hybrid table',
    'event table'
  ]
}

const checkPrivilege = (text: string, levels: ReadonlySet<number>): E.Either<string, string> => {
  const privilege = privilegeName(text)
  for (const parts of levels) {
    if (parts === 4 && privilege !== 'SELECT')
      return E.left('must be select: single columns can carry no other privilege')
    const kinds = kindsAt[parts]
    if (kinds !== undefined && !kinds.some(kind => carries(kind, privilege)))
      return E.left(
        `must be a privilege of a ${String(kinds[0])}, which ${privilege} is not: a pattern of ${parts} part${parts === 1 ? '' : 's'} names ${String(kinds[0])}s`
      )
  }
  return E.right(privilege)
}

const withParts = (wanted: number, example: string) => (text: string) => {
  const pattern = readResourcePattern(text)
  return E.isRight(pattern) && pattern.right.parts.length !== wanted
    ? E.left(`must have ${wanted} parts, like ${example}`)
    : pattern
}

const checkMask = ({ columns, for: whom, except, as }: MaskRule, path: Path): ReadonlyArray<CodecFault> => [
  ...each(columns, [...path, 'columns'], withParts(4, 'HR.PUBLIC.EMPLOYEES.SALARY')),
  ...each(whom, [...path, 'for'], readPrincipal),
  ...each(except, [...path, 'except'], readPrincipal),
  ...checkExpression(customOf(as), [...path, 'as', 'custom'], ['{col}'])
]

const customOf = (mask: DocumentMask): string | undefined =>
  typeof mask === 'object' && mask !== null && 'custom' in mask ? mask.custom : undefined

const checkRowFilter = ({ on, for: whom, except, where }: RowFilterRule, path: Path): ReadonlyArray<CodecFault> => [
  ...each(on, [...path, 'on'], withParts(3, 'SALES.PUBLIC.ORDERS')),
  ...each(whom, [...path, 'for'], readPrincipal),
  ...each(except, [...path, 'except'], readPrincipal),
  ...checkExpression(typeof where === 'string' ? where : undefined, [...path, 'where'], [])
]

const checkExpression = (
  text: string | undefined,
  path: Path,
  placeholders: ReadonlyArray<string>
): ReadonlyArray<CodecFault> => {
  if (text === undefined) return []
  const tokens = readSqlExpression(text)
  if (E.isLeft(tokens)) return [{ path, rule: tokens.left }]
  const unknown = tokens.right.some(({ kind, raw }) => kind === 'placeholder' && !placeholders.includes(raw))
  return unknown
    ? [
        {
          path,
          rule:
            placeholders.length === 0
              ? 'must hold no {placeholder}'
              : `must hold no placeholder but ${placeholders.join(', ')}`
        }
      ]
    : []
}

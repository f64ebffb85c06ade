/** Several sources of policies as one. */
import * as E from 'fp-ts/lib/Either.js'
import type { ColumnMask, DesiredAccess, DesiredGrant, RowFilter } from '../../../access/DesiredAccess.ts'
import { principalKey } from '../../../access/Principal.ts'
import { groupBy } from '../../../internal/groupBy.ts'
import type { PolicySource } from '../../../PolicySource.ts'

const mergeGrants = (grants: ReadonlyArray<DesiredGrant>): ReadonlyArray<DesiredGrant> => {
  const found = new Map<string, DesiredGrant>()
  for (const grant of grants) {
    const key = `${grant.privilege}\n${principalKey(grant.grantee)}`
    found.set(key, { ...grant, grantOption: grant.grantOption || found.get(key)?.grantOption === true })
  }
  return [...found.values()]
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Two masks can't both be put on a column, so where they differ nothing is shown to anyone. */
const mergeMasks = (masks: ReadonlyArray<ColumnMask>, note: (text: string) => void): ReadonlyArray<ColumnMask> =>
  [...groupBy(masks, ({ column }) => column)].flatMap(([column, [first, ...rest]]): ReadonlyArray<ColumnMask> => {
    if (first === undefined || rest.every(other => isSame(first, other))) return first === undefined ? [] : [first]
    note(`column ${column} is masked by several sources in different ways: NULL is shown`)
    return [{ column, rules: [], otherwise: { kind: 'null' } }]
  })

const mergeFilters = (filters: ReadonlyArray<RowFilter>, note: (text: string) => void): RowFilter | undefined => {
  const [first, ...rest] = filters
  if (first === undefined || rest.every(other => isSame(first, other))) return first
  note('rows are filtered by several sources in different ways: no row is shown')
  return { rules: [], otherwise: 'no rows' }
}

const merge = (all: ReadonlyArray<DesiredAccess>, first: DesiredAccess): DesiredAccess => {
  const notes = new Set(all.flatMap(access => access.notes))
  const note = (text: string) => void notes.add(text)
  const masks = mergeMasks(
    all.flatMap(access => access.masks),
    note
  )
  const rowFilter = mergeFilters(
    all.flatMap(access => access.rowFilter ?? []),
    note
  )
  const versions = all.flatMap(({ policyVersion }) => policyVersion ?? [])
  return {
    resource: first.resource,
    grants: mergeGrants(all.flatMap(access => access.grants)),
    masks,
    ...(rowFilter && { rowFilter }),
    managed: {
      roles: [...new Set(all.flatMap(({ managed }) => managed.roles))],
      users: [...new Set(all.flatMap(({ managed }) => managed.users))]
    },
    notes: [...notes],
    ...(versions.length > 0 ? { policyVersion: versions.join('; ') } : {})
  }
}

/**
 * Several sources as one: what any of them grants is granted, what any of them masks or filters is masked or filtered.
 *
 * **Details**: where two of them mask one column, or filter one table, in different ways, NULL or no row is shown, and the notes say so. Grants of everyone whom any of the sources manages may be
 * revoked where none of them grants. They are asked one after another; if one can't answer, none does.
 *
 * @example
 * ```ts
 * import { createMemoryPolicySource, toPromise } from 'on-demand-sync'
 * import { combinePolicySources } from 'on-demand-sync/policies'
 *
 * const granting = (name: string) =>
 *   createMemoryPolicySource(resource => ({
 *     resource,
 *     grants: [{ privilege: 'SELECT', grantee: { type: 'role', name }, grantOption: false }],
 *     masks: [],
 *     managed: { roles: [name], users: [] },
 *     notes: []
 *   }))
 * const both = combinePolicySources([granting('A'), granting('B')])
 * const table = { kind: 'table' as const, name: { database: 'D', schema: 'S', table: 'T' }, columns: [] }
 * const [access] = await toPromise(both.accessFor([table], { signal: new AbortController().signal }))
 * if (access?.grants.length !== 2) throw new Error('unexpected')
 * ```
 */
export const combinePolicySources = (
  sources: readonly [PolicySource, ...ReadonlyArray<PolicySource>]
): PolicySource => ({
  accessFor: (resources, options) => async () => {
    const answers: Array<ReadonlyArray<DesiredAccess>> = []
    for (const source of sources) {
      const answer = await source.accessFor(resources, options)()
      if (E.isLeft(answer)) return answer
      answers.push(answer.right)
    }
    return E.right(
      resources.flatMap((_, index) => {
        const all = answers.flatMap(answer => answer[index] ?? [])
        const [first] = all
        return first === undefined ? [] : [merge(all, first)]
      })
    )
  }
})

/** The policy between an old and a new one: it shows only what both show. Used for the moment in which a plan changes several of them (promise 3). */
import * as E from 'fp-ts/lib/Either.js'
import type { MeetOfPolicies, PolicySwap } from '../access/orderChanges.ts'
import { columnNamesIn, readSqlExpression } from '../internal/sqlExpression.ts'
import type { Resource } from '../Resource.ts'
import { describeName, resourceKey } from '../Resource.ts'
import { isRetryable } from '../describeError.ts'
import type { SyncError } from '../SyncError.ts'
import { columnType } from './columnType.ts'
import type { PolicyObject, PolicySchema } from './PolicyObject.ts'
import { isOursByName, policyObject } from './PolicyObject.ts'
import type { Answer, ReadOptions } from './readMany.ts'
import { readMany } from './readMany.ts'
import type { SnowflakeClient, Statement } from './SnowflakeClient.ts'
import { textOf } from './SnowflakeClient.ts'

/** Reads the bodies that the meets need, and makes the meets; the policies they are go into `policies`. */
export const prepareMeets = async (
  client: SnowflakeClient,
  home: PolicySchema,
  swaps: ReadonlyArray<PolicySwap>,
  resourceOf: (swap: PolicySwap) => Resource | undefined,
  policies: Map<string, PolicyObject>,
  options: ReadOptions
): Promise<E.Either<SyncError, MeetOfPolicies>> => {
  const filters = swaps.filter(({ kind, replaces }) => kind === 'set filter' && isOursByName(home, replaces))
  const bodies = await readMany(client, filters.map(describePolicy), options)
  const bodyOf = new Map(filters.map((swap, index) => [swap, bodies[index]]))
  const meets = new Map<string, PolicyObject>()
  for (const swap of swaps) {
    const old = bodyIn(bodyOf.get(swap))
    if (E.isLeft(old)) return old
    const meet =
      swap.kind === 'set filter'
        ? meetOfFilters(home, swap, old.right, policies.get(swap.policy)?.body ?? 'FALSE', resourceOf(swap))
        : meetOfMasks(home, swap, resourceOf(swap))
    policies.set(meet.name, meet)
    meets.set(placeOf(swap), meet)
  }
  return E.right(swap => {
    const meet = meets.get(placeOf(swap))
    // Going on without it would show what must not be shown.
    if (meet === undefined) throw new Error('a swap was planned whose meet was not prepared')
    return { policy: meet.name, columns: meet.columns }
  })
}

/** Where a policy is swapped: equal for equal swaps, which planning may make anew. */
const placeOf = (swap: PolicySwap): string =>
  JSON.stringify([resourceKey(swap.on), swap.kind, 'column' in swap ? swap.column : ''])

const describePolicy = ({ replaces = '', on }: PolicySwap): Statement => ({
  sql: `DESCRIBE ROW ACCESS POLICY ${replaces}`,
  operation: 'DESCRIBE POLICY',
  object: describeName(on),
  needs: ['OWNERSHIP of the policy', 'APPLY on it']
})

/** Of a filter that is not ours, or whose body cannot be seen, nothing is known: then no row at all is what both show. */
const bodyIn = (answer: Answer | undefined): E.Either<SyncError, string> => {
  if (answer === undefined) return E.right('FALSE')
  if (E.isLeft(answer)) return isRetryable(answer.left) || answer.left._tag === 'Aborted' ? answer : E.right('FALSE')
  return E.right(textOf(answer.right[0] ?? {}, 'body') ?? 'FALSE')
}

/** Both conditions, over the columns of both. Our filters name their parameters like the columns, so the bodies fit together as they are. */
const meetOfFilters = (
  home: PolicySchema,
  { columns }: PolicySwap,
  oldBody: string,
  newBody: string,
  resource: Resource | undefined
): PolicyObject => {
  const other = ` AND (${newBody})`
  // Only meets begin with a bracket. One that holds the new condition already shows no more than it: it is the meet.
  const body = oldBody.startsWith('(') && oldBody.endsWith(other) ? oldBody : `(${oldBody})${other}`
  const tokens = readSqlExpression(body)
  const named = new Set([...columns, ...(E.isRight(tokens) ? columnNamesIn(tokens.right) : [])])
  const bound = (resource?.columns ?? []).filter(({ name }) => named.has(name))
  const parameters = bound.map(({ name, dataType }) => ({ name, type: columnType(dataType).sql }))
  return policyObject(
    home,
    'ROW ACCESS POLICY',
    parameters,
    body,
    bound.map(({ name }) => name)
  )
}

/** No value at all: less than any mask shows, and for the moment in between enough. */
const meetOfMasks = (
  home: PolicySchema,
  { columns: [column = ''] }: PolicySwap,
  resource: Resource | undefined
): PolicyObject => {
  const type = columnType(resource?.columns.find(({ name }) => name === column)?.dataType ?? 'VARCHAR').sql
  return policyObject(home, 'MASKING POLICY', [{ name: 'VAL', type }], `CAST(NULL AS ${type})`, [column])
}

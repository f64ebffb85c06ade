/** The index is a shortcut, never another answer: whatever the rules and the changes, it finds all that asking every rule would find. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import type { ObjectChange, Operation } from 'on-demand-sync/change-events'
import { printExpression } from 'on-demand-sync/change-events'
import { describe, expect, it, vi } from 'vitest'
import { matchesChange } from '../../../src/change-events/subscriptions/matchesChange.ts'
import type { RegisteredSubscription } from '../../../src/change-events/subscriptions/Subscription.ts'
import { readSubscription } from '../../../src/change-events/subscriptions/Subscription.ts'
import { createSubscriptionIndex } from '../../../src/change-events/subscriptions/SubscriptionIndex.ts'
import { context, expression } from '../../arbitrary/expression.ts'

const numRuns = Number(process.env['EXPRESSION_RUNS'] ?? 1_000)
vi.setConfig({ testTimeout: 20_000 + 10 * numRuns })

const operation = fc.constantFrom<Operation>('CREATE', 'UPDATE', 'DELETE', 'REFRESH')

/** Most rules of the field are of this kind. */
const usual = fc
  .array(
    fc.tuple(
      fc.constantFrom('n', 'text', 'flag', 'object.id', 'missing', 'tags'),
      fc.constantFrom('==', '>', 'in', 'in many', 'has', 'any'),
      fc.constantFrom("'a'", '1', '2.0', 'true', 'null', "'b'")
    ),
    { minLength: 1, maxLength: 3 }
  )
  .chain(terms => fc.constantFrom(' && ', ' || ').map(join => terms.map(termText).join(join)))

/** More values than are filed one by one. */
const manyValues = Array.from({ length: 120 }, (_, n) => n).join(', ')

const termText = ([path, kind, value]: readonly [string, string, string]): string => {
  if (kind === 'in') return `${path} in [${value}, 7, 'x']`
  if (kind === 'in many') return `${path} in [${value}, ${manyValues}]`
  if (kind === 'has') return `${value} in ${path}`
  if (kind === 'any') return `(e == ${value} for any e of ${path})`
  return `${path} ${kind} ${value}`
}

const filter = fc.oneof(
  { arbitrary: usual, weight: 4 },
  { arbitrary: expression.map(printExpression), weight: 1 },
  { arbitrary: fc.constant(undefined), weight: 1 }
)

/** More schemas than are filed one by one. */
const many = (first: string): Array<string> => [first, ...Array.from({ length: 20 }, (_, n) => `schema ${n}`)]

const rule = fc.record(
  {
    schemas: fc.oneof(
      { arbitrary: fc.subarray(['A', 'B', 'C']), weight: 5 },
      { arbitrary: fc.constantFrom(many('A'), many('C')), weight: 1 }
    ),
    operations: fc.subarray<Operation>(['CREATE', 'UPDATE', 'DELETE', 'REFRESH']),
    filter
  },
  { requiredKeys: [] }
)

const change: fc.Arbitrary<ObjectChange> = fc
  .record({ schema: fc.constantFrom('A', 'B'), operation, before: context, after: context })
  .map(({ schema, operation: what, before, after }) => ({
    datasetId: 'd',
    schema,
    operation: what,
    id: '1',
    ...(what === 'CREATE' ? {} : { before }),
    ...(what === 'DELETE' ? {} : { after })
  }))

const scan = (rules: Iterable<RegisteredSubscription>, each: ObjectChange) =>
  [...rules].filter(({ schemas }) => schemas?.has(each.schema) !== false).filter(found => isMatch(found, each))

const isMatch = (found: RegisteredSubscription, each: ObjectChange): boolean => {
  const result = matchesChange(found, each)
  return E.isRight(result) && result.right
}

describe('the index over subscriptions', () => {
  it('finds what asking every rule finds, while rules come, change and go', () => {
    const steps = fc.array(
      fc.oneof(
        { arbitrary: fc.record({ key: fc.constantFrom('1', '2', '3', '4', '5', '6'), rule }), weight: 4 },
        { arbitrary: fc.record({ gone: fc.constantFrom('1', '2', '3') }), weight: 1 },
        { arbitrary: fc.record({ change }), weight: 4 }
      ),
      { maxLength: 25 }
    )
    fc.assert(
      fc.property(steps, all => {
        const index = createSubscriptionIndex()
        const rules = new Map<string, RegisteredSubscription>()
        for (const step of all) {
          if ('gone' in step) {
            expect(index.remove(step.gone)).toBe(rules.delete(step.gone))
          } else if ('rule' in step) {
            const read = readSubscription(step.key, step.rule, {})
            if (E.isLeft(read)) continue
            index.add(read.right)
            rules.delete(step.key)
            rules.set(step.key, read.right)
          } else {
            const found = index.candidates(step.change)
            expect(new Set(found).size).toBe(found.length)
            expect(found.filter(each => isMatch(each, step.change)).map(({ key }) => key)).toEqual(
              scan(rules.values(), step.change).map(({ key }) => key)
            )
          }
          expect(index.size()).toBe(rules.size)
        }
      }),
      { numRuns }
    )
  })

  it('asks few of many', () => {
    const index = createSubscriptionIndex()
    for (let n = 0; n < 1_000; n += 1) {
      const read = readSubscription(
        String(n),
        { schemas: ['Order'], filter: `customer.id == 'c${n}' && amount > 5` },
        {}
      )
      if (E.isRight(read)) index.add(read.right)
    }
    const found = index.candidates({
      schema: 'Order',
      operation: 'UPDATE',
      before: { customer: { id: 'c7' }, amount: 1 },
      after: { customer: { id: 'c8' }, amount: 1 }
    })
    expect(found.map(({ key }) => key)).toEqual(['7', '8'])
  })

  it('asks a rule about everything that would have to be filed in too many places', () => {
    const index = createSubscriptionIndex()
    const schemas = Array.from({ length: 10 }, (_, n) => `S${n}`)
    const listed = (values: number) => `kind in [${Array.from({ length: values }, (_, n) => n).join()}]`
    for (const [key, filter] of [
      ['few', listed(10)],
      ['many', listed(11)]
    ] as const) {
      const read = readSubscription(key, { schemas, filter }, {})
      if (E.isRight(read)) index.add(read.right)
    }
    const candidates = (kind: number) =>
      index.candidates({ schema: 'S9', operation: 'CREATE', after: { kind } }).map(({ key }) => key)
    expect(candidates(5)).toEqual(['few', 'many'])
    expect(candidates(99)).toEqual(['many'])
    expect([index.remove('few'), index.remove('many'), index.size()]).toEqual([true, true, 0])
    expect(candidates(5)).toEqual([])
  })
})

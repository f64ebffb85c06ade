/** Random expressions, as trees and as texts, and contexts for them. */
import fc from 'fast-check'
import type { Expression, Value } from 'on-demand-sync/change-events'
import { makeValue } from 'on-demand-sync/change-events'
import { member } from '../../src/change-events/expression/Expression.ts'

/** Names of the context; `missing` is in none. */
export const names = ['a', 'b', 'n', 'text', 'flag', 'list', 'tags', 'object', 'missing'] as const

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(
    null,
    true,
    false,
    0,
    1,
    -1,
    2,
    7,
    '',
    'a',
    'B',
    "it's",
    'false',
    '2020-01-31',
    'x\\y',
    'a\nb'
  ),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(n => (Number.isSafeInteger(Number(n)) ? Number(n) : n)),
  fc.double().map(makeValue.float),
  fc.string({ maxLength: 6 }),
  fc.constantFrom<Value>(
    makeValue.decimal('1.10') ?? null,
    makeValue.decimal('-20') ?? null,
    makeValue.date('2020-02-29') ?? null,
    makeValue.datetime('2020-02-29T12:30:00.5Z') ?? null,
    makeValue.bytes(new Uint8Array([1, 200, 3]))
  )
)

export const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: scalar, weight: 6 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }), weight: 1 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }).map(list => makeValue.set(list) ?? null), weight: 1 },
    { arbitrary: fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'x y'), tie('value'), { maxKeys: 3 }), weight: 1 }
  )
})).value

export const context: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record({
  a: value,
  b: value,
  n: fc.oneof(fc.integer({ min: -5, max: 5 }), scalar),
  text: fc.string({ maxLength: 8 }),
  flag: fc.boolean(),
  list: fc.array(scalar, { maxLength: 4 }),
  tags: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
  object: fc.record({ id: scalar, list: fc.array(scalar, { maxLength: 2 }) }, { requiredKeys: [] })
})

const operators = [
  ...['**', '*', '/', '%', '+', '-', '<<', '>>', '<=>', '>=', '<=', '>', '<', '==', '!='],
  ...['&', '^', '|', 'in', 'like', 'ilike', '??']
] as const

const methods = [
  ...['size', 'isEmpty', 'trim', 'substr', 'contains', 'containsAny', 'map', 'flatMap', 'reduce', 'sort', 'anyMatch'],
  ...['toString', 'toInteger', 'toNumber', 'toDate', 'binaryKey', 'containsKey', 'nonsense']
]
const functions = ['round', 'sqrt', 'pow', 'concat', 'substr', 'year', 'date_add', 'date', 'nonsense', 'a']

const variable = fc.constantFrom('x', 'y', 'a')
const path = fc
  .tuple(fc.constantFrom(...names, 'x', 'y'), fc.array(fc.constantFrom('id', 'list', 'a'), { maxLength: 2 }))
  .map(([first, rest]): readonly [string, ...ReadonlyArray<string>] => [first, ...rest])

/** Any tree that can be evaluated. */
export const expression: fc.Arbitrary<Expression> = fc.letrec<{ e: Expression }>(tie => {
  const e = tie('e')
  const iteration = fc
    .record(
      {
        names: fc.oneof(
          variable.map((x): readonly [string] => [x]),
          fc.tuple(variable, variable)
        ),
        collection: e,
        where: e
      },
      { requiredKeys: ['names', 'collection'] }
    )
    .map(each => each)
  const node = <T extends Expression['_tag']>(_tag: T) => fc.constant(_tag)
  return {
    e: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      value.map((constant): Expression => ({ _tag: 'Constant', value: constant })),
      path.map((p): Expression => ({ _tag: 'Name', path: p })),
      fc.record({
        _tag: node('Binary'),
        operator: fc.constantFrom(...operators),
        left: e,
        right: e
      }),
      fc.record({
        _tag: node('Logical'),
        operator: fc.constantFrom('&&' as const, '||' as const),
        terms: fc.array(e, { maxLength: 3 })
      }),
      fc.record({
        _tag: node('Unary'),
        operator: fc.constantFrom('-' as const, '!' as const, '~' as const),
        operand: e
      }),
      fc.record({ _tag: node('Conditional'), test: e, then: e, otherwise: e }),
      // A member of a name is a longer name: the tree has one form for it.
      fc.tuple(e, fc.constantFrom('id', 'a')).map(([target, name]) => member(target, name)),
      fc.record({ _tag: node('Index'), target: e, index: e }),
      fc.record({
        _tag: node('MethodCall'),
        target: e,
        method: fc.constantFrom(...methods),
        args: fc.array(e, { maxLength: 2 })
      }),
      fc.record({
        _tag: node('Call'),
        callee: fc.oneof(
          fc.constantFrom(...functions, 'x').map((name): Expression => ({ _tag: 'Name', path: [name] })),
          e
        ),
        args: fc.array(e, { maxLength: 2 })
      }),
      fc.record({
        _tag: node('Cast'),
        operand: e,
        type: fc.constantFrom('string', 'int', 'double', 'decimal', 'date', 'datetime', 'boolean', 'nonsense')
      }),
      fc.record({ _tag: node('ArrayLiteral'), elements: fc.array(e, { maxLength: 3 }) }),
      fc.record({ _tag: node('SetLiteral'), elements: fc.array(e, { maxLength: 3 }) }),
      fc
        .uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 })
        .chain(keys => fc.tuple(fc.constant(keys), fc.array(e, { minLength: keys.length, maxLength: keys.length })))
        .map(([keys, values]): Expression => ({
          _tag: 'ObjectLiteral',
          entries: keys.map((key, i) => ({ key: { _tag: 'Constant', value: key }, value: values[i]! }))
        })),
      fc.record({
        _tag: node('Comprehension'),
        result: fc.constantFrom('array' as const, 'set' as const),
        element: e,
        iteration
      }),
      fc.record({ _tag: node('ObjectComprehension'), key: e, value: e, iteration }),
      fc.record({
        _tag: node('Quantifier'),
        quantifier: fc.constantFrom('any' as const, 'all' as const),
        predicate: e,
        iteration
      }),
      fc.record({ _tag: node('Lambda'), parameters: fc.array(variable, { minLength: 1, maxLength: 2 }), body: e }),
      fc.record({
        _tag: node('With'),
        bindings: fc.array(fc.record({ name: variable, value: e }), { minLength: 1, maxLength: 2 }),
        body: e
      }),
      fc
        .record(
          {
            _tag: node('Case'),
            subject: e,
            branches: fc.array(fc.record({ when: e, then: e }), { minLength: 1, maxLength: 2 }),
            otherwise: e
          },
          { requiredKeys: ['_tag', 'branches'] }
        )
        .map((each): Expression => each)
    )
  }
}).e

const tokens = [
  ...'null true false in for of where with any all like ilike select from union distinct join left right'.split(' '),
  ...'inner on as group order by cast and or xor not case when then else end is asc desc a b x y id list'.split(' '),
  ...'( ) [ ] { } , . : ? ?? => == = != < <= > >= <=> + - * / % ** << >> & | ^ ~ ! && ||'.split(' '),
  ...['0', '1', '2', '7.5', '1.', '99999999999999999999', "'t'", '"q"', "'%_'", "'\\\\'", "'", '"', '\\', '/*', '*/'],
  ...['\n', ' ', '$', '#', 'é', '\u0000', '\ud800', '🧾', '.size()', '.map(', '.sort(', 'date_add(', 'round(']
]

/** A text that is most often almost an expression. */
export const nearlyExpression: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.array(fc.constantFrom(...tokens), { maxLength: 30 }).map(parts => parts.join(' ')), weight: 4 },
  { arbitrary: fc.array(fc.constantFrom(...tokens), { maxLength: 30 }).map(parts => parts.join('')), weight: 2 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 1 },
  {
    arbitrary: fc.tuple(fc.constantFrom(...tokens), fc.nat(300)).map(([token, count]) => token.repeat(count)),
    weight: 1
  }
)

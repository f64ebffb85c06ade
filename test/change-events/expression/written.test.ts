/** Laws over expressions as people write them: every form of the grammar, `select` too, and contexts of a host's own dates, maps and sets. `EXPRESSION_RUNS` raises the number of cases. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import type { ExpressionFault, Value } from 'on-demand-sync/change-events'
import {
  bindExpression,
  compileExpression,
  defaultExpressionLimits,
  describeExpressionFault,
  interpretExpression,
  makeValue,
  parseExpression,
  printExpression
} from 'on-demand-sync/change-events'
import { describe, expect, it } from 'vitest'
import { createMeter } from '../../../src/change-events/expression/Meter.ts'
import { identityOf } from '../../../src/change-events/expression/operators/equality.ts'
import { attempt } from '../../../src/change-events/expression/raise.ts'

const numRuns = Number(process.env['EXPRESSION_RUNS'] ?? 1_500)

const atoms = [
  ...[
    '0',
    '1',
    '2.5',
    '1.',
    '9223372036854775807',
    'true',
    'FALSE',
    'null',
    "''",
    "'t'",
    '"q"',
    "'%_'",
    "'2020-01-31'"
  ],
  ...['{}', '[]', 'a', 'b', 'n', 'text', 'list', 'object', 'object.id', 'at', 'own.map', 'own.set', 'own.big', 'x', 'y']
]
const operators = [
  ...['+', '-', '*', '/', '%', '**', '<<', '>>', '<=>', '>=', '<=', '>', '<', '=', '==', '!=', '&', '^', 'xor', '|'],
  ...['in', 'like', 'ILIKE', '&&', 'and', '||', 'or', '??']
]
const methods = [
  ...['size', 'isEmpty', 'isBlank', 'ltrim', 'rtrim', 'substr', 'lpad', 'contains', 'containsAll', 'allMatch', 'map'],
  ...['flatMap', 'reduce', 'sort', 'toBoolean', 'toBinary', 'toDatetime', 'binaryKey', 'containsValue', 'floor']
]
const functions = 'round ceil pow substr concat to_date last_day quarter date_diff date_trunc count f x'.split(' ')
const types = 'string date datetime int long float double decimal boolean'.split(' ')

const written: fc.Arbitrary<string> = fc.letrec<{ e: string }>(tie => {
  const e = tie('e')
  const name = fc.constantFrom('x', 'y', 'a', 'of', 'any', 'where', 'with')
  const some = (most: number, least = 0) =>
    fc.array(e, { minLength: least, maxLength: most }).map(all => all.join(', '))
  const text = (strings: TemplateStringsArray, ...parts: ReadonlyArray<fc.Arbitrary<string>>) =>
    fc.tuple(...parts).map(found => strings.map((string, index) => string + (found[index] ?? '')).join(''))
  const maybe = (part: fc.Arbitrary<string>) => fc.option(part, { nil: '' })
  const loop = text`${fc.oneof(name, text`(${name}, ${name})`)} of ${e}${maybe(text` where ${e}`)}`
  const entries = fc.array(text`${e}: ${e}`, { minLength: 1, maxLength: 2 }).map(all => all.join(', '))
  return {
    e: fc.oneof(
      { maxDepth: 5, depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...atoms),
      text`${e} ${fc.constantFrom(...operators)} ${e}`,
      text`(${e})`,
      text`${fc.constantFrom('-', '!', 'not ', '~')}${e}`,
      text`${e} is${fc.constantFrom('', ' not')} null`,
      text`${e} ? ${e} : ${e}`,
      text`${e}[${e}]`,
      text`(${e}).id`,
      text`(${e}).${fc.constantFrom(...methods)}(${some(2)})`,
      text`${fc.constantFrom(...functions)}(${some(3)})`,
      text`cast(${e} as ${fc.constantFrom(...types)})`,
      text`[${some(3)}]`,
      text`{${some(3)}}`,
      text`{${entries}}`,
      text`[${e} for ${loop}]`,
      text`{${e} for ${loop}}`,
      text`{${e}: ${e} for ${loop}}`,
      text`${e} for ${fc.constantFrom('any', 'all')} ${loop}`,
      text`${name} => ${e}`,
      text`((${name}, ${name}) => ${e})(${some(3, 1)})`,
      text`with ${name} as ${e} ${e}`,
      text`with ${name} as ${e}, ${name} as ${e} ${e}`,
      text`case ${maybe(e)} when ${e} then ${e} ${maybe(text`else ${e}`)} end`,
      text`select ${e} as q, * from ${e} t left outer join ${e} on ${e}${maybe(text` where ${e}`)} order by a.b desc, c`
    )
  }
}).e

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -0, '', 'k', '2020-01-31', makeValue.decimal('1.10'), new Date(0)),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.string({ unit: 'binary', maxLength: 5 })
)
const context = fc.record({
  a: scalar,
  b: scalar,
  n: fc.integer({ min: -3, max: 3 }),
  text: fc.string({ unit: 'binary', maxLength: 6 }),
  list: fc.array(scalar, { maxLength: 4 }),
  object: fc.record({ id: scalar, list: fc.array(scalar, { maxLength: 2 }) }, { requiredKeys: [] }),
  at: fc.date({ noInvalidDate: false }),
  own: fc.record({
    map: fc.dictionary(fc.string({ maxLength: 3 }), scalar).map(entries => new Map(Object.entries(entries))),
    set: fc.array(scalar, { maxLength: 3 }).map(elements => new Set(elements)),
    big: fc.bigInt()
  })
})

/** A value or a fault as one text; undefined where a limit was met, which may come sooner one way than the other. */
const show = (result: E.Either<ExpressionFault, Value>): string | undefined => {
  if (E.isLeft(result)) return result.left._tag === 'EvaluationFault' ? `fault ${result.left.kind}` : undefined
  const identity = attempt(200, () => identityOf(result.right, createMeter(defaultExpressionLimits)))
  return E.isRight(identity) ? identity.right : 'holds a lambda'
}

const same = (text: string, a: E.Either<ExpressionFault, Value>, b: E.Either<ExpressionFault, Value>): void => {
  const [x, y] = [show(a), show(b)]
  if (x !== undefined && y !== undefined) expect(y, text).toBe(x)
}

const reparsed = (text: string) => {
  const again = parseExpression(text)
  return E.isRight(again) ? again.right : expect.fail(`${text}: ${describeExpressionFault(again.left)}`)
}

describe('an expression as it is written', { timeout: 20_000 + 20 * numRuns }, () => {
  it('means the same printed, compiled and bound', () => {
    fc.assert(
      fc.property(written, context, (text, values) => {
        const tree = parseExpression(text)
        if (E.isLeft(tree)) return
        const printed = printExpression(tree.right)
        const again = reparsed(printed)
        expect(printExpression(again)).toBe(printed)
        const plain = interpretExpression(tree.right, values)
        same(text, plain, compileExpression(tree.right).evaluate(values))
        same(printed, plain, interpretExpression(again, values))
        const bound = bindExpression(tree.right, { a: values.a, b: values.b }, { use: 'value' })
        // Values are kept; a fault may go with the part that was decided without it.
        if (E.isRight(bound) && E.isRight(plain))
          same(text, plain, interpretExpression(reparsed(printExpression(bound.right)), values))
      }),
      { numRuns }
    )
  })

  it.each(['(select q from list order by a, b), 1', 'x => (select q from list order by a, b), 1'])(
    'ends its own list before a comma: [%s]',
    text => {
      const tree = reparsed(`[${text}]`)
      expect(reparsed(printExpression(tree))).toEqual(tree)
    }
  )

  it('has each key of an object once, also where names are bound to the same value', () => {
    const bound = bindExpression(reparsed('{a: 1, b: n}.k'), { a: 'k', b: 'k' }, { use: 'value' })
    const printed = E.isRight(bound) ? printExpression(bound.right) : ''
    expect(printed).toBe("{'k': 1, 'k' ?? null: n}.k")
    expect(interpretExpression(reparsed(printed), { n: 7 })).toEqual(E.right(7))
  })
})

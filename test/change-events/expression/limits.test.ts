/** A rule from a stranger cannot stall the host: what costs too much ends as `LimitExceeded`, soon. */
import * as E from 'fp-ts/lib/Either.js'
import type { ExpressionFault, ExpressionLimits } from 'on-demand-sync/change-events'
import {
  bindExpression,
  compileFilter,
  interpretExpression,
  parseExpression,
  printExpression,
  toDisjunction
} from 'on-demand-sync/change-events'
import { describe, expect, it } from 'vitest'

const limitOf = (result: E.Either<ExpressionFault, unknown>): keyof ExpressionLimits | 'none' =>
  E.isLeft(result) && result.left._tag === 'LimitExceeded' ? result.left.limit : 'none'

const many = Array.from({ length: 2_000 }, (_, n) => n)
const long = 'a'.repeat(20_000)
const digits = '9'.repeat(480)
const zoned = '2020-01-01T00:00:00 Europe/London'
const context = {
  many,
  long,
  digits,
  zoned,
  deep: JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown,
  text: 'x'
}

/** Both ways of evaluating must end at the limit, and soon. */
const evaluate = (text: string): keyof ExpressionLimits | 'none' => {
  const start = performance.now()
  const parsed = parseExpression(text)
  if (E.isLeft(parsed)) throw new Error(JSON.stringify(parsed.left))
  const limit = limitOf(interpretExpression(parsed.right, context))
  const filter = compileFilter(text)
  expect(E.isLeft(filter) ? limitOf(filter) : limitOf(filter.right.matches(context))).toBe(limit)
  expect(performance.now() - start).toBeLessThan(2_000)
  return limit
}

describe('the text', () => {
  it.each([
    ['too long', `a == '${'x'.repeat(70_000)}'`, 'maxTextLength'],
    ['brackets too deep', `${'('.repeat(5_000)}a${')'.repeat(5_000)}`, 'maxDepth'],
    ['lists too deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'maxDepth'],
    ['too many signs', `${'-'.repeat(5_000)}a`, 'maxDepth'],
    ['a chain of operators too long', `a${' + a'.repeat(5_000)}`, 'maxDepth'],
    ['a chain of members and calls too long', `a${'.b()'.repeat(5_000)}`, 'maxDepth'],
    ['ternaries too deep', `${'a ? b : '.repeat(2_000)}c`, 'maxDepth'],
    ['lambdas too deep', `${'x => '.repeat(5_000)}x`, 'maxDepth']
  ])('%s', (_, text, limit) => {
    const start = performance.now()
    expect(limitOf(parseExpression(text))).toBe(limit)
    expect(performance.now() - start).toBeLessThan(1_000)
  })

  it('with many `with`s that could end in many places does not take exponential time', () => {
    const start = performance.now()
    const text = `${'with x as (1) (2) [3] - 4 '.repeat(60)} (x)`
    parseExpression(text)
    parseExpression(text.slice(0, -4))
    expect(performance.now() - start).toBeLessThan(2_000)
  })

  it('may be long and flat', () => {
    expect(E.isRight(parseExpression(`a in [${many.join(', ')}]`))).toBe(true)
    expect(E.isRight(parseExpression(many.map(n => `a == ${n}`).join(' || ')))).toBe(true)
  })

  // Each of these once took a time that grew with the square of its length: as long as any text may be, they ended this test by its time limit.
  it.each([
    ['or', Array.from({ length: 9_000 }, (_, n) => `a==${n % 10}`).join('||')],
    ['and', Array.from({ length: 9_000 }, (_, n) => `x${n % 10}`).join('&&')],
    ['and over or', `${'x&&'.repeat(9_000)}${'(p||q)&&'.repeat(5)}y`],
    ['a path', `a${'.a'.repeat(32_000)}`],
    ['any of', `${Array.from({ length: 3_000 }, (_, n) => `x.a==${n}`).join('&&')} for any x of y`]
  ])('may be as long as a text may be: %s', (_, text) => {
    const parsed = parseExpression(text)
    if (E.isLeft(parsed)) throw new Error('not an expression')
    expect(E.isRight(bindExpression(parsed.right, {}))).toBe(true)
    const branches = toDisjunction(parsed.right, { maxBranches: 100 })
    expect(E.isRight(branches) || branches.left.limit === 'maxBranches').toBe(true)
    expect(printExpression(parsed.right).length).toBeGreaterThan(text.length / 2)
  })
})

describe('an evaluation', () => {
  it.each([
    ['loops in loops', '[a for a of many where (b >= 0 for all b of many)].size() > 0', 'maxSteps'],
    ['all pairs', '(a >= 0 && b >= 0 for all b of many) for all a of many', 'maxSteps'],
    [
      'lists that double',
      'with a as many + many with b as a + a + a + a with c as b + b + b + b c + c + c + c + c + c + c + c',
      'none'
    ],
    ['texts that double', '[long for x of many].reduce((a, b) => a + b)', 'maxProducedSize'],
    ['a text of a list of texts', "[long for x of many] like 'x'", 'maxProducedSize'],
    ['sorting by a lambda', 'many.sort((a, b) => (1 for any c of many where c > b) ? 1 : 0)', 'maxSteps'],
    ['calls of calls', 'with f as (g => g(g)) f(f)', 'maxDepth'],
    ['a value too deep to compare', 'deep == deep', 'maxDepth'],
    ['a value too deep to print', "deep like 'x'", 'maxDepth'],
    ['a costly pattern', `long like '%${'a'.repeat(2_000)}_b%'`, 'maxSteps'],
    ['a costly pattern in a loop', `(long like '%a_b%') == false for all x of many`, 'maxSteps'],
    ['contains in a loop', 'many.anyMatch(x => many.contains(-1))', 'maxSteps'],
    ['sets of sets', '{x for x of [many for y of many]}.size() > 0', 'maxSteps']
  ])('%s', (_, text, limit) => {
    if (limit === 'none') evaluate(text)
    else expect(evaluate(text)).toBe(limit)
  })

  /** As often as the steps allow. */
  const often = (part: string) => `((${part}) != null for all x of many) for all y of many`
  it.each([
    ['multiplying long decimals', `with d as (cast(digits as decimal)) (${often('d * d')})`],
    ['dividing long decimals', `with d as (cast(digits as decimal)) (${often('d / d')})`],
    ['comparing long decimals', `with d as (cast(digits as decimal)) (${often('d < d')})`],
    ['printing long decimals', `with d as (cast(digits as decimal)) (${often('d.toString()')})`],
    ['truth of long decimals', `with d as (cast(digits as decimal)) (${often('!d')})`],
    ['sets of long decimals', `with d as (cast(digits as decimal)) (${often('{d}')})`],
    ['reading long decimals', often('cast(digits as decimal)')],
    ['reading times with zones', often('zoned.toDatetime()')],
    ['comparing with times with zones', `with t as (zoned.toDatetime()) (${often('t < zoned')})`],
    ['reading dates by patterns', often("'2020-01-01 10:11:12'.toDatetime('yyyy-MM-dd HH:mm:ss')")],
    ['bytes of long texts', often('long.toBinary()')],
    ['truth of long texts', often('!long')],
    ['equal lists', often('many == many')]
  ])('%s', (_, text) => {
    expect(evaluate(text)).toBe('maxSteps')
  })

  it.each([
    ['decimals', `${Array.from({ length: 90 }, () => "cast('9999999999' as decimal)").join(' * ')} > 0`],
    ['powers', '7 ** 7 ** 7 ** 7 > 0'],
    ['shifts', '1 << 9007199254740991 > 0'],
    ['a decimal that claims to be long', "cast('1e999999999' as decimal) > 0"],
    ['a date that claims to be far', "date_add('quarter', 9007199254740991, date('2020-01-01')) == null"],
    ['a pattern of a date', `'2020'.toDate('${'['.repeat(200)}y${']'.repeat(200)}') == null`],
    ['patterns that could match in many ways', `'${'1'.repeat(60)}'.toDate('${'[y][M]'.repeat(60)}') == null`]
  ])('of %s ends soon, with whatever result', (_, text) => {
    evaluate(text)
  })

  it('starts with fresh limits every time', () => {
    const filter = compileFilter('x >= 0 for all x of many', { maxSteps: 15_000 })
    if (E.isLeft(filter)) throw new Error('not a filter')
    for (let i = 0; i < 20; i += 1) expect(filter.right.matches(context)).toEqual(E.right(true))
  })

  it('of a host that allows more than its stack holds ends as well', () => {
    const limits = { maxDepth: 1_000_000 }
    const parsed = parseExpression(`${'('.repeat(30_000)}a${')'.repeat(30_000)}`, limits)
    expect(limitOf(parsed)).toBe('maxDepth')
  })
})

describe('a normal form', () => {
  it('that would grow exponentially', () => {
    const parsed = parseExpression(Array.from({ length: 16 }, (_, n) => `(a == ${n} || b == ${n})`).join(' && '))
    expect(limitOf(E.isLeft(parsed) ? parsed : toDisjunction(parsed.right))).toBe('maxBranches')
  })
})

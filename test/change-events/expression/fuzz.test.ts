/**
 * No text hangs or crashes the language. `EXPRESSION_FUZZ` raises the number of texts: 1,000,000 takes some minutes.
 */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { compileFilter, describeExpressionFault, parseExpression, printExpression } from 'on-demand-sync/change-events'
import { expect, it } from 'vitest'
import { nearlyExpression } from '../../arbitrary/expression.ts'

const texts = Number(process.env['EXPRESSION_FUZZ'] ?? 20_000)

const values = {
  a: 'text',
  b: 7,
  x: null,
  y: [1, 'two', { id: 3 }],
  id: 'one',
  list: Array.from({ length: 50 }, (_, n) => n)
}

/** Far above what any text costs under the default limits; a hang is what it would catch. */
const longestMs = 2_000

it(`answers ${texts} random texts, each in bounded time`, { timeout: Math.max(60_000, texts) }, () => {
  const longest = { ms: 0, text: '' }
  let understood = 0
  for (const text of fc.sample(nearlyExpression, {
    numRuns: texts,
    seed: Number(process.env['EXPRESSION_SEED'] ?? 7)
  })) {
    const start = performance.now()
    const parsed = parseExpression(text)
    if (E.isRight(parsed)) {
      understood += 1
      expect(E.isRight(parseExpression(printExpression(parsed.right))), text).toBe(true)
    } else {
      expect(describeExpressionFault(parsed.left)).not.toBe('')
      if (parsed.left._tag === 'ParseFault') {
        expect(parsed.left.offset).toBeGreaterThanOrEqual(0)
        expect(parsed.left.offset).toBeLessThanOrEqual(text.length)
      }
    }
    const filter = compileFilter(text)
    if (E.isRight(filter)) filter.right.matches(values)
    const ms = performance.now() - start
    if (ms > longest.ms) Object.assign(longest, { ms, text })
  }
  expect(understood).toBeGreaterThan(texts / 100)
  expect(longest.ms, longest.text).toBeLessThan(longestMs)
})

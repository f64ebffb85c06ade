/** Tells a query from an expression before either is read. */
import type { Cursor } from './Cursor.ts'

/** Whether a query begins `from` tokens ahead; any number of parentheses may open before its first word. */
export const atQuery = (cursor: Cursor, from = 0): boolean => {
  let ahead = from
  while (cursor.peek(ahead).kind === 'symbol' && cursor.peek(ahead).value === '(') {
    ahead += 1
    if (ahead - from > deepest) return false
  }
  const token = cursor.peek(ahead)
  return (
    token.kind === 'word' &&
    ['SELECT', 'WITH', 'VALUES'].includes(token.value) &&
    (ahead === from || closesAsQuery(cursor, from, ahead))
  )
}

/** Beyond this many parentheses nobody writes a query; looking on would cost the square of them. */
const deepest = 50

/** `((SELECT 1) + 1)` opens like a query and is none: what follows the inner parenthesis decides. */
const closesAsQuery = (cursor: Cursor, from: number, first: number): boolean => {
  const opened = first - from
  let depth = opened
  let ahead = first
  while (depth > 0) {
    const token = cursor.peek(ahead)
    if (token.kind === 'end') return false
    if (token.kind === 'symbol' && token.value === '(') depth += 1
    if (token.kind === 'symbol' && token.value === ')') {
      depth -= 1
      const after = cursor.peek(ahead + 1)
      const goesOn = after.kind === 'end' || (after.kind === 'symbol' && [')', ';', '->>'].includes(after.value))
      if (depth < opened && !goesOn && !(after.kind === 'word' && afterQuery.has(after.value))) return false
    }
    ahead += 1
  }
  return true
}

const afterQuery: ReadonlySet<string> = new Set([
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'MINUS',
  'ORDER',
  'LIMIT',
  'OFFSET',
  'FETCH'
])

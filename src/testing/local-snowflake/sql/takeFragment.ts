/** Cuts an expression or a statement out of a block, without understanding it. */
import type { Cursor } from './Cursor.ts'
import type { Fragment } from './ScriptStatement.ts'
import type { Token } from './Token.ts'

/** Up to the next `;` or one of these words, both left where they are; parentheses and CASE … END are stepped over. */
export const takeFragment = (cursor: Cursor, ends: ReadonlyArray<string>): Fragment => {
  const tokens: Token[] = []
  let parentheses = 0
  let cases = 0
  for (;;) {
    const token = cursor.peek()
    if (token.kind === 'end') throw cursor.unexpected()
    const outside = parentheses === 0 && cases === 0
    if (outside && cursor.atSymbol(';')) break
    if (outside && token.kind === 'word' && ends.includes(token.value)) break
    if (cursor.atSymbol('(')) parentheses += 1
    if (cursor.atSymbol(')')) parentheses -= 1
    if (cursor.at('CASE')) cases += 1
    if (cursor.at('END') && cases > 0) cases -= 1
    tokens.push(cursor.next())
  }
  if (tokens.length === 0) throw cursor.unexpected()
  return tokens
}

/** A result set is given its query in parentheses, which are no part of it. */
export const withoutParentheses = (fragment: Fragment): Fragment =>
  fragment[0]?.kind === 'symbol' && fragment[0].value === '(' ? fragment.slice(1, -1) : fragment

/** What the parsers of the single forms hand each other, so that none imports the one that calls it. */
import type { Expression } from '../Expression.ts'
import type { Cursor } from './Cursor.ts'
import type { WithReader } from './WithReader.ts'

export interface Parser extends WithReader {
  readonly cursor: Cursor
  /** An expression whose operators bind at least as tightly as `minimum` (default: any). */
  readonly expression: (minimum?: number) => Expression
}

/** Expressions with commas between them, up to the closing symbol, which is taken. */
export const listUntil = ({ cursor, expression, bracketed }: Parser, close: string): ReadonlyArray<Expression> =>
  bracketed(() => {
    if (cursor.take(close)) return []
    const elements = [expression()]
    while (cursor.take(',')) elements.push(expression())
    cursor.expect(close)
    return elements
  })

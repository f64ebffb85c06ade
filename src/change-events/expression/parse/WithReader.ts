/**
 * `with a as 1, b as 2 body`. Nothing marks where the last value ends: in `with x as 1 (x + 2)` the value could go on with a call. The value
 * takes as much as leaves a body. So it is read greedily first; where then no body follows, it ends at the last place
 * where it went on with a `(`, `[` or `-`, which can all begin a body, or at the one before.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Expression } from '../Expression.ts'
import { attempt, raiseFault } from '../raise.ts'
import type { Cursor } from './Cursor.ts'

/** A value as read so far: where it must end, and where else it could have ended. */
interface OpenValue {
  readonly end: number | undefined
  readonly otherEnds: Array<number>
}

/** A value read greedily. */
export interface GreedyValue {
  readonly value: Expression
  readonly start: number
  /** The tokens it could have ended before, last first. */
  readonly otherEnds: ReadonlyArray<number>
}

export interface WithReader {
  /** Reads something in brackets, where a surrounding `with` has no say. */
  readonly bracketed: <A>(read: () => A) => A
  /** Whether the value of a `with` ends before the `(`, `[` or `-` that comes next, instead of going on with it. */
  readonly endsHere: () => boolean
  readonly greedyValue: () => GreedyValue
  /** The body after the last value, and that value, shortened where it had taken the body. */
  readonly valueAndBody: (greedy: GreedyValue) => readonly [value: Expression, body: Expression]
}

export const createWithReader = (cursor: Cursor, expression: () => Expression): WithReader => {
  let open: OpenValue | undefined

  const within = <A>(value: OpenValue | undefined, read: () => A): A => {
    const outer = open
    open = value
    try {
      return read()
    } finally {
      open = outer
    }
  }

  const shortened = (start: number, end: number): readonly [Expression, Expression] => {
    cursor.seek(start)
    const value = within({ end, otherEnds: [] }, expression)
    return cursor.mark() === end ? [value, expression()] : cursor.unexpected('an expression')
  }

  return {
    bracketed: read => within(undefined, read),
    endsHere: () => {
      if (open === undefined) return false
      if (open.end === cursor.mark()) return true
      open.otherEnds.push(cursor.mark())
      return false
    },
    greedyValue: () => {
      const start = cursor.mark()
      const read: OpenValue = { end: undefined, otherEnds: [] }
      const value = within(read, expression)
      return { value, start, otherEnds: read.otherEnds.reverse() }
    },
    valueAndBody: ({ value, start, otherEnds }) => {
      if (startsExpression(cursor)) return [value, expression()]
      const stop = cursor.mark()
      for (const end of otherEnds) {
        const read = attempt(0, () => shortened(start, end))
        if (E.isRight(read)) return read.right
        if (read.left._tag !== 'ParseFault') raiseFault(read.left)
      }
      cursor.seek(stop)
      return cursor.unexpected('the body of the with')
    }
  }
}

const openers: ReadonlySet<string> = new Set('( [ { - ! ~ null true false with cast select case not'.split(' '))

const startsExpression = (cursor: Cursor): boolean => {
  const { kind, value } = cursor.peek()
  if (kind === 'symbol' || kind === 'keyword') return openers.has(value) || (cursor.atName() && cursor.at('=>', 1))
  return kind !== 'end'
}

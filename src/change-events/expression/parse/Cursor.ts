/** Walks over tokens and counts what that costs. No parser in this folder looks at the text itself. */
import type { ParseFault } from '../ExpressionFault.ts'
import type { ExpressionLimits } from '../ExpressionLimits.ts'
import { limitExceeded, raiseFault } from '../raise.ts'
import type { Token } from './Token.ts'
import { describeToken, namingKeywords } from './Token.ts'
import { syntaxFault, tokenize } from './tokenize.ts'

export interface Cursor {
  readonly peek: (ahead?: number) => Token
  readonly next: () => Token
  /** Whether this keyword or symbol comes next, `ahead` tokens on. */
  readonly at: (value: string, ahead?: number) => boolean
  /** Takes it if it comes next. */
  readonly take: (value: string) => boolean
  readonly expect: (value: string) => void
  /** Whether a name comes next, or a keyword that may name a variable. */
  readonly atName: (ahead?: number) => boolean
  /** A name for a variable: loop, parameter, binding, alias. */
  readonly name: () => string
  /** The name after a dot: no keywords. */
  readonly memberName: () => string
  readonly mark: () => number
  readonly seek: (mark: number) => void
  /** Reads one level deeper. */
  readonly deeper: <A>(read: () => A) => A
  /** Refuses what comes next. */
  readonly unexpected: (expected: string, kind?: ParseFault['kind']) => never
}

/** A cursor at the start of the text. Raises where the text is too long or holds what is no token. */
export const createCursor = (text: string, limits: ExpressionLimits): Cursor => {
  if (text.length > limits.maxTextLength) raiseFault(limitExceeded('maxTextLength', limits.maxTextLength))
  const tokens = tokenize(text)
  const end: Token = { kind: 'end', value: '', offset: text.length }
  let index = 0
  let steps = 0
  let depth = 0

  const peek = (ahead = 0): Token => tokens[index + ahead] ?? end
  const next = (): Token => {
    const token = peek()
    index += 1
    steps += 1
    if (steps > limits.maxSteps) raiseFault(limitExceeded('maxSteps', limits.maxSteps))
    return token
  }
  const at = (value: string, ahead = 0): boolean => {
    const token = peek(ahead)
    return token.value === value && (token.kind === 'symbol' || token.kind === 'keyword')
  }
  const take = (value: string): boolean => {
    const found = at(value)
    if (found) next()
    return found
  }
  const unexpected = (expected: string, kind: ParseFault['kind'] = 'syntax'): never => {
    const token = peek()
    return raiseFault(syntaxFault(text, token.offset, expected, describeToken(token), kind))
  }
  const atName = (ahead = 0): boolean => {
    const { kind, value } = peek(ahead)
    return kind === 'name' || (kind === 'keyword' && namingKeywords.has(value))
  }
  const sourceOf = ({ value, offset }: Token): string => text.slice(offset, offset + value.length)

  return {
    peek,
    next,
    at,
    take,
    expect: value => {
      if (!take(value)) unexpected(`'${value}'`)
    },
    atName,
    name: () => (atName() ? sourceOf(next()) : unexpected('a name')),
    memberName: () => (peek().kind === 'name' ? next().value : unexpected('a name that is no keyword')),
    mark: () => index,
    seek: mark => {
      index = mark
    },
    deeper: read => {
      depth += 1
      if (depth > limits.maxDepth) raiseFault(limitExceeded('maxDepth', limits.maxDepth))
      try {
        return read()
      } finally {
        // Also where it raised: a `with` reads on after a failed try.
        depth -= 1
      }
    },
    unexpected
  }
}

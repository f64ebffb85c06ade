/** Walks over tokens. Every parser in this folder takes one; none of them looks at the text itself. */
import { discard } from '../discard.ts'
import { syntaxError } from '../StatementError.ts'
import type { Place, StatementError } from '../StatementError.ts'
import type { Literal } from './Literal.ts'
import { isReserved } from './reservedWords.ts'
import { displayToken } from './Token.ts'
import type { Token } from './Token.ts'
import { tokenize } from './tokenize.ts'

/** One to three parts, outermost first, each exactly as stored. `DB..T` is given its middle part `PUBLIC`. */
export type ObjectName = ReadonlyArray<string>

/** Values that stand outside the text: binds (`?`, `:1`), session variables (`$X`) and scripting variables (`:X`). */
export interface Placeholders {
  /** `index` counts the `?` of the statement from 1. */
  readonly bind: (index: number) => Literal | undefined
  readonly sessionVariable: (name: string) => Literal | undefined
  readonly scriptVariable: (name: string) => Literal | undefined
}

export const noPlaceholders: Placeholders = {
  bind: () => undefined,
  sessionVariable: () => undefined,
  scriptVariable: () => undefined
}

export interface Cursor {
  readonly source: string
  readonly placeholders: Placeholders
  readonly peek: (ahead?: number) => Token
  readonly next: () => Token
  readonly skip: (count?: number) => void
  /** Whether these keywords come next, in this order. */
  readonly at: (...words: ReadonlyArray<string>) => boolean
  readonly take: (...words: ReadonlyArray<string>) => boolean
  readonly optional: (...words: ReadonlyArray<string>) => void
  readonly expect: (...words: ReadonlyArray<string>) => void
  /** The one of these keywords that comes next, taken; undefined when none does. */
  readonly takeOneOf: <W extends string>(...words: ReadonlyArray<W>) => W | undefined
  readonly atSymbol: (symbol: string) => boolean
  readonly takeSymbol: (symbol: string) => boolean
  readonly optionalSymbol: (symbol: string) => void
  readonly expectSymbol: (symbol: string) => void
  readonly atIdentifier: () => boolean
  /** An identifier as stored: unquoted in upper case, quoted verbatim. */
  readonly identifier: () => string
  /** A keyword or identifier where keywords are welcome too, in upper case unless quoted. */
  readonly anyWord: () => string
  readonly name: () => ObjectName
  /** `(A, B)`. */
  readonly names: () => ReadonlyArray<string>
  readonly string: () => string
  readonly integer: () => number
  /** The number of the bind that was just read, counting from 1. */
  readonly countBind: () => number
  readonly mark: () => number
  readonly seek: (mark: number) => void
  /** The text from the start of the token at `mark` to the end of the last one taken. */
  readonly textSince: (mark: number) => string
  /** Reads something that may hold its own kind, no deeper than a limit. */
  readonly nested: <A>(parse: () => A) => A
  readonly place: () => Place
  readonly unexpected: () => StatementError
}

/** Expressions, queries and blocks inside each other, at most: a hostile text must not exhaust the stack. */
const maximumDepth = 300

/** A cursor over `tokens`, which end with an `end` token (as `tokenize` leaves them) or are a slice of such. */
export const createCursor = (
  source: string,
  tokens: ReadonlyArray<Token>,
  placeholders: Placeholders = noPlaceholders
): Cursor => {
  let index = 0
  let binds = 0
  let depth = 0
  const lastEnd = tokens.at(-1)?.end ?? 0
  const end: Token = {
    kind: 'end',
    value: '',
    start: lastEnd,
    end: lastEnd,
    line: tokens.at(-1)?.line ?? 1,
    column: tokens.at(-1)?.column ?? 0
  }

  const peek = (ahead = 0): Token => tokens[index + ahead] ?? end
  const next = (): Token => {
    const token = peek()
    index += 1
    return token
  }
  const skip = (count = 1): void => {
    index += count
  }
  const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.value === word
  const isSymbol = (token: Token, symbol: string): boolean => token.kind === 'symbol' && token.value === symbol
  const unexpected = (): StatementError => syntaxError(peek(), displayToken(peek(), source))

  const at = (...words: ReadonlyArray<string>): boolean => words.every((word, i) => isWord(peek(i), word))
  const take = (...words: ReadonlyArray<string>): boolean => {
    const found = at(...words)
    if (found) skip(words.length)
    return found
  }
  const expect = (...words: ReadonlyArray<string>): void => {
    for (const word of words) if (!take(word)) throw unexpected()
  }
  const takeOneOf = <W extends string>(...words: ReadonlyArray<W>): W | undefined => words.find(word => take(word))
  const atSymbol = (symbol: string): boolean => isSymbol(peek(), symbol)
  const takeSymbol = (symbol: string): boolean => {
    const found = atSymbol(symbol)
    if (found) skip()
    return found
  }
  const expectSymbol = (symbol: string): void => {
    if (!takeSymbol(symbol)) throw unexpected()
  }
  const atIdentifier = (): boolean => {
    const token = peek()
    return token.kind === 'quoted' || (token.kind === 'word' && !isReserved(token.value))
  }
  const identifier = (): string => {
    if (!atIdentifier()) throw unexpected()
    return next().value
  }
  const anyWord = (): string => {
    if (peek().kind !== 'word' && peek().kind !== 'quoted') throw unexpected()
    return next().value
  }
  const string = (): string => {
    if (peek().kind !== 'string') throw unexpected()
    return next().value
  }
  const integer = (): number => {
    const negative = takeSymbol('-')
    if (peek().kind !== 'number' || !/^[0-9]+$/.test(peek().value)) throw unexpected()
    return Number(next().value) * (negative ? -1 : 1)
  }
  const countBind = (): number => {
    binds += 1
    return binds
  }

  const nested = <A>(parse: () => A): A => {
    depth += 1
    if (depth > maximumDepth) throw syntaxError(peek(), 'text nested too deeply')
    const parsed = parse()
    depth -= 1
    return parsed
  }

  const cursor: Cursor = {
    source,
    placeholders,
    peek,
    next,
    skip,
    at,
    take,
    optional: (...words) => {
      discard(take(...words))
    },
    expect,
    takeOneOf,
    atSymbol,
    takeSymbol,
    optionalSymbol: symbol => {
      discard(takeSymbol(symbol))
    },
    expectSymbol,
    atIdentifier,
    identifier,
    anyWord,
    name: () => parseName(cursor),
    names: () => parseNames(cursor),
    string,
    integer,
    countBind,
    mark: () => index,
    seek: mark => {
      index = mark
    },
    textSince: mark => source.slice(tokens[mark]?.start ?? lastEnd, tokens[index - 1]?.end ?? lastEnd),
    nested,
    place: () => peek(),
    unexpected
  }
  return cursor
}

const parseName = (cursor: Cursor): ObjectName => {
  if (cursor.at('IDENTIFIER') && cursor.peek(1).value === '(') return parseIdentifierFunction(cursor)
  const parts = [cursor.identifier()]
  while (cursor.takeSymbol('.')) {
    // `DB..T` leaves the schema out; after a dot every keyword is a name.
    parts.push(cursor.atSymbol('.') && parts.length === 1 ? 'PUBLIC' : cursor.anyWord())
  }
  if (parts.length > 3) throw cursor.unexpected()
  return parts
}

const parseNames = (cursor: Cursor): ReadonlyArray<string> => {
  cursor.expectSymbol('(')
  const names = [cursor.identifier()]
  while (cursor.takeSymbol(',')) names.push(cursor.identifier())
  cursor.expectSymbol(')')
  return names
}

/** `IDENTIFIER('db.s.t')`, also with a bind or a variable inside: the text of a name, read as a name. */
const parseIdentifierFunction = (cursor: Cursor): ObjectName => {
  cursor.skip(2)
  const place = cursor.place()
  const text = identifierText(cursor)
  cursor.expectSymbol(')')
  if (text === undefined) throw syntaxError(place, 'IDENTIFIER')
  return nameFromText(text)
}

const identifierText = (cursor: Cursor): string | undefined => {
  const token = cursor.next()
  if (token.kind === 'string') return token.value
  if (token.kind === 'bind') return cursor.placeholders.bind(cursor.countBind())?.text
  if (token.kind === 'variable') return cursor.placeholders.sessionVariable(token.value)?.text
  if (token.kind === 'symbol' && token.value === ':') return cursor.placeholders.scriptVariable(cursor.anyWord())?.text
  return undefined
}

/** Reads a name out of a text such as an argument of a function: `'DB."my schema".T'`. */
export const nameFromText = (text: string): ObjectName => {
  const cursor = createCursor(text, tokenize(text))
  const name = parseName(cursor)
  if (cursor.peek().kind !== 'end') throw cursor.unexpected()
  return name
}

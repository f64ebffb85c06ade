/**
 * Snowflake's lexer. Everything a parser may meet comes out as a token or as error 001003.
 *
 * @see https://docs.snowflake.com/en/sql-reference/identifiers-syntax
 * @see https://docs.snowflake.com/en/sql-reference/data-types-text (escape sequences)
 */
import { identifierTooLong, syntaxError } from '../StatementError.ts'
import type { Place } from '../StatementError.ts'
import type { Token, TokenKind } from './Token.ts'

export const tokenize = (source: string): ReadonlyArray<Token> => {
  const tokens: Token[] = []
  const lines = createLineCounter(source)
  for (let offset = 0; ;) {
    offset = skipBlank(source, offset, lines)
    const place = lines.placeOf(offset)
    if (offset >= source.length) {
      tokens.push({ kind: 'end', value: '', start: offset, end: offset, ...place })
      return tokens
    }
    const lexeme = read(source, offset)
    if (lexeme === undefined) throw syntaxError(place, source.slice(offset, offset + 20))
    if (isIdentifier(lexeme) && Array.from(lexeme.value).length > maximumIdentifierLength)
      throw identifierTooLong(place)
    tokens.push({ ...lexeme, start: offset, ...place })
    offset = lexeme.end
  }
}

const maximumIdentifierLength = 255

const isIdentifier = (lexeme: Lexeme): boolean => lexeme.kind === 'word' || lexeme.kind === 'quoted'

interface Lexeme {
  readonly kind: TokenKind
  readonly value: string
  readonly end: number
}

/** Places are asked for in rising order, so the line breaks in between are counted once. */
const createLineCounter = (source: string): { readonly placeOf: (offset: number) => Place } => {
  let line = 1
  let lineStart = 0
  let nextBreak = source.indexOf('\n')
  const placeOf = (offset: number): Place => {
    while (nextBreak !== -1 && nextBreak < offset) {
      line += 1
      lineStart = nextBreak + 1
      nextBreak = source.indexOf('\n', lineStart)
    }
    return { line, column: offset - lineStart }
  }
  return { placeOf }
}

const blank = /(?:[\s\ufeff]+|--[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)*/y

const skipBlank = (source: string, from: number, lines: { readonly placeOf: (offset: number) => Place }): number => {
  const end = from + matchAt(blank, source, from).length
  if (source.startsWith('/*', end)) throw syntaxError(lines.placeOf(end), '<EOF>')
  return end
}

const word = /[A-Za-z_][A-Za-z0-9_$]*/y
const number = /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y
const variable = /\$[A-Za-z0-9_]+/y
const symbol = /->>|->|=>|::|:=|\|\||<>|!=|<=|>=|==|\*\*|[()[\]{},.;:+\-*/%=<>@!&|^~]/y
const quoted = /"((?:[^"]|"")+)"/y

const read = (source: string, from: number): Lexeme | undefined => {
  const lexeme = (kind: TokenKind, text: string, value = text): Lexeme => ({ kind, value, end: from + text.length })
  const character = source.charAt(from)
  if (character === "'") return readString(source, from)
  if (source.startsWith('$$', from)) return readDollarString(source, from)
  if (character === '?') return lexeme('bind', '?')
  for (const [kind, pattern] of patterns) {
    const text = matchAt(pattern, source, from)
    if (text !== '') return lexeme(kind, text, valueOf(kind, text))
  }
  return undefined
}

const patterns: ReadonlyArray<readonly [TokenKind, RegExp]> = [
  ['word', word],
  ['quoted', quoted],
  ['number', number],
  ['variable', variable],
  ['symbol', symbol]
]

const valueOf = (kind: TokenKind, text: string): string => {
  if (kind === 'word') return text.toUpperCase()
  if (kind === 'variable') return text.slice(1).toUpperCase()
  return kind === 'quoted' ? text.slice(1, -1).replaceAll('""', '"') : text
}

const matchAt = (pattern: RegExp, source: string, from: number): string => {
  pattern.lastIndex = from
  return pattern.exec(source)?.[0] ?? ''
}

const readDollarString = (source: string, from: number): Lexeme | undefined => {
  const close = source.indexOf('$$', from + 2)
  return close === -1 ? undefined : { kind: 'string', value: source.slice(from + 2, close), end: close + 2 }
}

const stringPart = /[^'\\]+|''|\\(?:[0-7]{3}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^])/y

const readString = (source: string, from: number): Lexeme | undefined => {
  let value = ''
  let at = from + 1
  for (;;) {
    const part = matchAt(stringPart, source, at)
    if (part === '') break
    value += unescapePart(part)
    at += part.length
  }
  return source.charAt(at) === "'" ? { kind: 'string', value, end: at + 1 } : undefined
}

const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '0': '\0' }

const unescapePart = (part: string): string => {
  if (part === "''") return "'"
  if (!part.startsWith('\\')) return part
  const escape = part.slice(1)
  if (escape.length === 1) return simpleEscapes[escape] ?? escape
  const code = /^[xu]/.test(escape) ? parseInt(escape.slice(1), 16) : parseInt(escape, 8)
  return String.fromCharCode(code)
}

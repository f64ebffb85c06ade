/** From text to tokens, in one pass. */
import type { ParseFault } from '../ExpressionFault.ts'
import { raiseFault } from '../raise.ts'
import type { Token } from './Token.ts'
import { keywords } from './Token.ts'

/** One alternative per kind; `y` leaves no gaps. The alternatives inside a text exclude each other, so nothing is tried twice. */
const lexeme =
  /(?<space>[ \t\r\n\f]+)|(?<name>[A-Za-z_$][A-Za-z0-9_$]*)|(?<number>(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)|(?<text>"(?:[^"\\\r\n]|\\[^])*"|'(?:[^'\\\r\n]|\\[^])*')|(?<symbol><=>|=>|\*\*|<<|>>|<=|>=|==|!=|&&|\|\||\?\?|[-+*/%<>=&^|~!?:.,()[\]{}])/y

/** The tokens, with an `end` at the end. Raises a ParseFault at what is no token. */
export const tokenize = (text: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let at = 0
  while (at < text.length) {
    if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2)
      if (end === -1) return refuse(text, at, "'*/'", 'a comment without end')
      at = end + 2
      continue
    }
    lexeme.lastIndex = at
    const match = lexeme.exec(text)
    if (match === null) return refuse(text, at, 'a token', describeStray(text, at))
    const token = toToken(match, at)
    if (token !== undefined) tokens.push(token)
    at += match[0].length
  }
  return [...tokens, { kind: 'end', value: '', offset: at }]
}

const toToken = ({ groups = {} }: RegExpExecArray, offset: number): Token | undefined => {
  const { name, number, text, symbol } = groups
  if (name !== undefined) {
    const word = name.toLowerCase()
    return keywords.has(word) ? { kind: 'keyword', value: word, offset } : { kind: 'name', value: name, offset }
  }
  if (number !== undefined) return { kind: 'number', value: number, offset }
  // A backslash makes the next character literal, whatever it is.
  if (text !== undefined) return { kind: 'text', value: text.slice(1, -1).replace(/\\([^])/g, '$1'), offset }
  return symbol === undefined ? undefined : { kind: 'symbol', value: symbol, offset }
}

const describeStray = (text: string, at: number): string =>
  text[at] === '"' || text[at] === "'" ? 'a text without end on its line' : 'a character that no token starts with'

const refuse = (text: string, offset: number, expected: string, found: string): never =>
  raiseFault(syntaxFault(text, offset, expected, found))

/** A syntax fault, with line and column worked out. */
export const syntaxFault = (
  text: string,
  offset: number,
  expected: string,
  found: string,
  kind: ParseFault['kind'] = 'syntax'
): ParseFault => {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return {
    _tag: 'ParseFault',
    kind,
    offset,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    expected,
    found
  }
}

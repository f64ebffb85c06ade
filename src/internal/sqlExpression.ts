/**
 * Reads SQL expressions that policy authors write (masks, row filters) just far enough to put them into a policy's body safely: what is a name, what is text, where it ends. An expression that
 * could end its surroundings early (a semicolon, a comment, an unclosed quote or bracket) is refused.
 */
import * as E from 'fp-ts/lib/Either.js'

export interface SqlToken {
  readonly kind: 'name' | 'quoted name' | 'text' | 'number' | 'placeholder' | 'symbol'
  /** As written. */
  readonly raw: string
  /** The stored name, for names: upper-cased unless quoted. */
  readonly name?: string
}

/** One alternative per kind; `y` keeps matches gap-free. Spaces are skipped. */
const lexeme =
  /\s+|(?<name>[\p{L}_][\p{L}\p{N}_$]*)|"(?<quoted>(?:[^"]|"")+)"|(?<text>'(?:[^'\\]|''|\\[\s\S])*')|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?<placeholder>\{[a-z]+\})|(?<symbol>::|\|\||<=|>=|<>|!=|=>|->|[-+*/%(),.<>=:[\]?])/uy

/** Rules an expression may break. */
const rules = {
  character: 'must be one SQL expression: it holds a character or quote that cannot stand there',
  comment: 'must hold no comment',
  brackets: 'must close its brackets',
  empty: 'must not be empty'
} as const

/** The tokens of an expression, or the rule that it breaks. */
export const readSqlExpression = (text: string): E.Either<string, ReadonlyArray<SqlToken>> => {
  const tokens: Array<SqlToken> = []
  let at = 0
  while (at < text.length) {
    if (text.startsWith('--', at) || text.startsWith('/*', at) || text.startsWith('//', at))
      return E.left(rules.comment)
    lexeme.lastIndex = at
    const match = lexeme.exec(text)
    if (match === null) return E.left(rules.character)
    const token = toToken(match)
    if (token !== undefined) tokens.push(token)
    at += match[0].length
  }
  if (tokens.length === 0) return E.left(rules.empty)
  return isBalanced(tokens) ? E.right(tokens) : E.left(rules.brackets)
}

const toToken = ({ 0: raw, groups = {} }: RegExpExecArray): SqlToken | undefined => {
  const { name, quoted, text, number, placeholder, symbol } = groups
  if (name !== undefined) return { kind: 'name', raw, name: name.toUpperCase() }
  if (quoted !== undefined) return { kind: 'quoted name', raw, name: quoted.replaceAll('""', '"') }
  if (text !== undefined) return { kind: 'text', raw }
  if (number !== undefined) return { kind: 'number', raw }
  if (placeholder !== undefined) return { kind: 'placeholder', raw }
  return symbol === undefined ? undefined : { kind: 'symbol', raw }
}

const closing: { readonly [open: string]: string } = { '(': ')', '[': ']' }

const isBalanced = (tokens: ReadonlyArray<SqlToken>): boolean => {
  const open: Array<string> = []
  for (const { kind, raw } of tokens) {
    if (kind !== 'symbol') continue
    const close = closing[raw]
    if (close !== undefined) open.push(close)
    else if ((raw === ')' || raw === ']') && open.pop() !== raw) return false
  }
  return open.length === 0
}

/** The names of an expression that can be columns: not a function's, not a part of a dotted name. In order, each once. */
export const columnNamesIn = (tokens: ReadonlyArray<SqlToken>): ReadonlyArray<string> => {
  const found = tokens.flatMap((token, index) => {
    const before = tokens[index - 1]?.raw
    const after = tokens[index + 1]?.raw
    return token.name === undefined || before === '.' || after === '.' || after === '(' ? [] : [token.name]
  })
  return [...new Set(found)]
}

/** The expression with placeholders replaced, its tokens one space apart. */
export const writeSqlExpression = (
  tokens: ReadonlyArray<SqlToken>,
  placeholders: { readonly [placeholder: string]: string }
): string => tokens.map(({ kind, raw }) => (kind === 'placeholder' ? (placeholders[raw] ?? raw) : raw)).join(' ')

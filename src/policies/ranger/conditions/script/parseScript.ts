/**
 * Reads the forms of script that policies use: one boolean expression, or `if (…) ctx.result = …;`. The grammar, loosest first: `?:`, `||`, `&&`, equality, order, `+` and `-`, `!`, then
 * members, calls and methods. Ranger's `[[a]]` and `[[a,'|']]` (`JavaScriptEdits`) split a text into a list. Anything else is not read.
 */
import type { BinaryOperator, Expression } from './Script.ts'
import type { ScriptToken } from './ScriptToken.ts'
import { scriptTokens } from './ScriptToken.ts'

/** Thrown inside this file only. */
const unread = new Error('the script has a form that is not supported')

const deepest = 60

interface Reader {
  readonly peek: (ahead?: number) => ScriptToken | undefined
  readonly next: () => ScriptToken
  readonly isAt: (symbol: string, ahead?: number) => boolean
  readonly take: (symbol: string) => boolean
  readonly expect: (symbol: string) => void
  readonly deeper: <A>(read: () => A) => A
}

const createReader = (tokens: ReadonlyArray<ScriptToken>): Reader => {
  let [at, depth] = [0, 0]
  const reader: Reader = {
    peek: (ahead = 0) => tokens[at + ahead],
    next: () => {
      const token = tokens[at]
      at += 1
      if (token === undefined) throw unread
      return token
    },
    isAt: (symbol, ahead = 0) => {
      const token = reader.peek(ahead)
      return token?.kind === 'symbol' && token.text === symbol
    },
    take: symbol => {
      if (!reader.isAt(symbol)) return false
      at += 1
      return true
    },
    expect: symbol => {
      if (!reader.take(symbol)) throw unread
    },
    deeper: read => {
      depth += 1
      if (depth > deepest) throw unread
      const result = read()
      depth -= 1
      return result
    }
  }
  return reader
}

/** Reads a condition; undefined where it is none of the forms. */
export const parseScript = (source: string): Expression | undefined => parse(source, statement)

/** Reads one expression, as in `${{ … }}`; undefined where it is none. */
export const parseExpression = (source: string): Expression | undefined => parse(source, conditional)

const parse = (source: string, read: (reader: Reader) => Expression): Expression | undefined => {
  const tokens = scriptTokens(source)
  if (tokens === undefined || tokens.length === 0) return undefined
  const reader = createReader(tokens)
  try {
    const expression = read(reader)
    while (reader.take(';'));
    return reader.peek() === undefined ? expression : undefined
  } catch (thrown) {
    if (thrown === unread) return undefined
    throw thrown
  }
}

const isWord = (token: ScriptToken | undefined, word: string): boolean => token?.kind === 'name' && token.text === word

const no: Expression = { kind: 'literal', value: false }

/** `if (a) ctx.result = b; else ctx.result = c;`, `ctx.result = a;`, or an expression. Where no branch is taken, the result is false. */
const statement = (reader: Reader): Expression => {
  if (!isWord(reader.peek(), 'if')) return isResult(reader) ? result(reader) : conditional(reader)
  reader.next()
  reader.expect('(')
  const test = conditional(reader)
  reader.expect(')')
  const then = branch(reader)
  if (!isWord(reader.peek(), 'else')) return { kind: 'conditional', test, then, otherwise: no }
  reader.next()
  const otherwise = isWord(reader.peek(), 'if') ? reader.deeper(() => statement(reader)) : branch(reader)
  return { kind: 'conditional', test, then, otherwise }
}

const branch = (reader: Reader): Expression => {
  const isBlock = reader.take('{')
  const value = result(reader)
  if (isBlock) reader.expect('}')
  return value
}

const isResult = (reader: Reader): boolean =>
  isWord(reader.peek(), 'ctx') && reader.isAt('.', 1) && isWord(reader.peek(2), 'result') && reader.isAt('=', 3)

const result = (reader: Reader): Expression => {
  if (!isResult(reader)) throw unread
  for (let word = 0; word < 4; word += 1) reader.next()
  const value = conditional(reader)
  reader.take(';')
  return value
}

const conditional = (reader: Reader): Expression =>
  reader.deeper(() => {
    const test = either(reader)
    if (!reader.take('?')) return test
    const then = conditional(reader)
    reader.expect(':')
    return { kind: 'conditional', test, then, otherwise: conditional(reader) }
  })

const either = (reader: Reader): Expression => {
  let left = both(reader)
  while (reader.take('||')) left = { kind: 'logical', operator: '||', left, right: both(reader) }
  return left
}

const both = (reader: Reader): Expression => {
  let left = equality(reader)
  while (reader.take('&&')) left = { kind: 'logical', operator: '&&', left, right: equality(reader) }
  return left
}

const binaryOf =
  (operators: ReadonlyArray<BinaryOperator>, operand: (reader: Reader) => Expression) =>
  (reader: Reader): Expression => {
    let left = operand(reader)
    for (;;) {
      const operator = operators.find(symbol => reader.take(symbol))
      if (operator === undefined) return left
      left = { kind: 'binary', operator, left, right: operand(reader) }
    }
  }

const unary = (reader: Reader): Expression => {
  for (const operator of ['!', '-'] as const)
    if (reader.take(operator)) return reader.deeper(() => ({ kind: 'unary', operator, operand: unary(reader) }))
  return access(reader)
}

const sum = binaryOf(['+', '-'], unary)
const order = binaryOf(['<=', '>=', '<', '>'], sum)
const equality = binaryOf(['===', '!==', '==', '!='], order)

const args = (reader: Reader): ReadonlyArray<Expression> => items(reader, ')')

const items = (reader: Reader, end: string): ReadonlyArray<Expression> => {
  const read: Array<Expression> = []
  if (reader.take(end)) return read
  do read.push(conditional(reader))
  while (reader.take(','))
  reader.expect(end)
  return read
}

const access = (reader: Reader): Expression => {
  let object = primary(reader)
  for (;;) {
    if (reader.take('.')) {
      const token = reader.next()
      if (token.kind !== 'name') throw unread
      object = reader.take('(')
        ? { kind: 'method', object, name: token.text, args: args(reader) }
        : { kind: 'member', object, key: { kind: 'literal', value: token.text } }
    } else if (reader.take('[')) {
      object = { kind: 'member', object, key: conditional(reader) }
      reader.expect(']')
    } else return object
  }
}

const words: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null]
])

const primary = (reader: Reader): Expression => {
  const token = reader.next()
  if (token.kind === 'number' || token.kind === 'text') return { kind: 'literal', value: token.value }
  if (token.kind === 'name') {
    const word = words.get(token.text)
    if (word !== undefined) return { kind: 'literal', value: word }
    return reader.take('(')
      ? { kind: 'call', name: token.text, args: args(reader) }
      : { kind: 'name', name: token.text }
  }
  if (token.text === '(') {
    const inner = conditional(reader)
    reader.expect(')')
    return inner
  }
  if (token.text !== '[') throw unread
  return reader.take('[') ? split(reader) : { kind: 'list', items: items(reader, ']') }
}

/** After `[[`: the text to split, and between what, or between commas. */
const split = (reader: Reader): Expression => {
  const object = conditional(reader)
  const separator: Expression = reader.take(',') ? conditional(reader) : { kind: 'literal', value: ',' }
  reader.expect(']')
  reader.expect(']')
  return { kind: 'method', object, name: 'split', args: [separator] }
}

/** AT and BEFORE: a moment, told as a time, an offset in seconds, a statement or a stream, to a version of the table. */
import type { Stream } from '../catalog/Stream.ts'
import { findObject } from '../statements/resolve.ts'
import { nameFromText } from '../sql/Cursor.ts'
import type { Expression, TimeTravel } from '../sql/SyntaxTree.ts'
import { refused, statementNotFound, unsupported } from '../StatementError.ts'
import type { Compiler } from './Compiler.ts'
import { resolving } from './resolving.ts'

export const versionAt = (compiler: Compiler, moment: TimeTravel): number => {
  const { engine, account } = compiler.context
  const text = constantText(moment.value)
  switch (moment.kind) {
    case 'STATEMENT': {
      const version = engine.versionOf(text)
      if (version === undefined) throw statementNotFound(text)
      return moment.before ? version - 1 : version
    }
    case 'STREAM': {
      const stream = findObject(resolving(compiler), 'STREAM', nameFromText(text), 'SELECT') as Stream
      return engine.offsetOf(compiler.context.session, stream)
    }
    case 'OFFSET':
      return engine.versionAtTime(account.clock.now() + Number(text) * 1000)
    case 'TIMESTAMP':
      return engine.versionAtTime(timeOf(text))
  }
}

/** The constant inside casts and conversions: `'…'::TIMESTAMP`, `TO_TIMESTAMP('…')`, `-60*5`. */
const constantText = (expression: Expression): string => {
  if (expression.kind === 'literal') return expression.text
  if (expression.kind === 'cast') return constantText(expression.operand)
  if (expression.kind === 'unary' && expression.operator === '-') return `-${constantText(expression.operand)}`
  if (expression.kind === 'binary' && expression.operator === '*') {
    return String(Number(constantText(expression.left)) * Number(constantText(expression.right)))
  }
  const [only, ...more] = expression.kind === 'call' ? expression.args : []
  if (only !== undefined && more.length === 0) return constantText(only)
  throw unsupported('time travel to a moment that is not constant')
}

const timeOf = (text: string): number => {
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(text)
    ? text
    : `${text.replace(' ', 'T')}${text.includes(':') ? 'Z' : ''}`
  const time = Date.parse(zoned)
  if (Number.isNaN(time)) throw refused(`Timestamp '${text}' is not recognized`)
  return time
}

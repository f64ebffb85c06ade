/** The first word of a statement decides who reads the rest. */
import { syntaxError, unsupported } from '../StatementError.ts'
import { atQuery } from './atQuery.ts'
import { createParser } from './createParser.ts'
import type { Placeholders } from './Cursor.ts'
import { parseAlter } from './parseAlter.ts'
import { parseCreate } from './parseCreate.ts'
import { parseDelete, parseInsert, parseMerge, parseTruncate, parseUpdate } from './parseData.ts'
import { parseComment, parseDrop } from './parseDrop.ts'
import { parseGrant, parseRevoke } from './parseGrant.ts'
import type { Parser } from './Parser.ts'
import { atBlock, parseBlock } from './parseScript.ts'
import { parseSet, parseTransaction, parseUnset, parseUse } from './parseSession.ts'
import { parseDescribe, parseShow } from './parseShow.ts'
import type { Statement } from './Statement.ts'
import type { Token } from './Token.ts'

/** Reads one statement that fills all of `tokens`; a last `;` may follow. */
export const parseStatement = (
  source: string,
  tokens: ReadonlyArray<Token>,
  placeholders?: Placeholders
): Statement => {
  const parser = createParser(source, tokens, placeholders)
  try {
    const statement = readStatement(parser)
    parser.optionalSymbol(';')
    if (parser.peek().kind !== 'end') throw parser.unexpected()
    return statement
  } catch (error) {
    // Nesting deeper than the stack is the sender's doing, not a fault of the server.
    if (error instanceof RangeError) throw syntaxError(parser.peek(), 'text nested too deeply')
    throw error
  }
}

/** Statements that Snowflake has and this server does not: refused by name rather than as bad syntax. */
const unsupportedFirstWords: ReadonlySet<string> = new Set(
  'CALL COPY EXPLAIN GET LIST LS PUT REMOVE RM UNDROP'.split(' ')
)

const readers: Readonly<Record<string, (parser: Parser) => Statement>> = {
  USE: parseUse,
  SET: parseSet,
  UNSET: parseUnset,
  BEGIN: parseTransaction,
  START: parseTransaction,
  COMMIT: parseTransaction,
  ROLLBACK: parseTransaction,
  CREATE: parseCreate,
  ALTER: parseAlter,
  DROP: parseDrop,
  COMMENT: parseComment,
  GRANT: parseGrant,
  REVOKE: parseRevoke,
  SHOW: parseShow,
  DESC: parseDescribe,
  DESCRIBE: parseDescribe,
  INSERT: parseInsert,
  UPDATE: parseUpdate,
  DELETE: parseDelete,
  MERGE: parseMerge,
  TRUNCATE: parseTruncate
}

const readStatement = (parser: Parser): Statement => {
  if (atQuery(parser)) return { kind: 'query', query: parser.query() }
  if (atBlock(parser)) return parseBlock(parser)
  if (parser.take('EXECUTE', 'IMMEDIATE')) return parseExecuteImmediate(parser)
  const first = parser.peek()
  if (first.kind !== 'word') throw parser.unexpected()
  if (unsupportedFirstWords.has(first.value)) throw unsupported(first.value)
  const read = Object.hasOwn(readers, first.value) ? readers[first.value] : undefined
  if (read === undefined) throw parser.unexpected()
  return read(parser)
}

const parseExecuteImmediate = (parser: Parser): Statement => {
  if (parser.at('FROM')) throw unsupported('EXECUTE IMMEDIATE FROM')
  const text = parser.expression()
  if (!parser.take('USING')) return { kind: 'executeImmediate', text, using: [] }
  parser.expectSymbol('(')
  const using = parser.expressions()
  parser.expectSymbol(')')
  return { kind: 'executeImmediate', text, using }
}

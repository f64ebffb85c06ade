/** Cuts a text into statements at `;`, and a statement into the links of a `->>` chain. Blocks keep their own semicolons. */
import { discard } from '../discard.ts'
import { createCursor } from './Cursor.ts'
import { atBlock, parseBlock } from './parseScript.ts'
import type { Token } from './Token.ts'

/** One list of tokens per statement; empty statements are left out. */
export const splitStatements = (source: string, tokens: ReadonlyArray<Token>): ReadonlyArray<ReadonlyArray<Token>> => {
  const cursor = createCursor(source, tokens)
  const statements: Token[][] = []
  while (cursor.peek().kind !== 'end') {
    const from = cursor.mark()
    if (atBlock(cursor)) discard(parseBlock(cursor))
    while (cursor.peek().kind !== 'end' && !cursor.atSymbol(';')) cursor.skip()
    const statement = tokens.slice(from, cursor.mark())
    if (statement.length > 0) statements.push(statement)
    cursor.optionalSymbol(';')
  }
  return statements
}

/** The links of `a ->> b ->> c`. */
export const splitPipe = (tokens: ReadonlyArray<Token>): ReadonlyArray<ReadonlyArray<Token>> => {
  const links: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.value === '->>') links.push([])
    else links.at(-1)?.push(token)
  }
  return links
}

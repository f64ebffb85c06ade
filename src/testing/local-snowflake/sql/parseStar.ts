/** `*` and `t.*` with what may trim them: ILIKE, EXCLUDE, REPLACE, RENAME. */
import type { Star } from './SyntaxTree.ts'
import type { Parser } from './Parser.ts'

/** The star comes next. */
export const parseStar = (parser: Parser, qualifier: ReadonlyArray<string>): Star => {
  const { line, column } = parser.place()
  parser.expectSymbol('*')
  const pattern = parser.take('ILIKE') ? parser.string() : undefined
  const exclude = parser.take('EXCLUDE') ? parseList(parser, () => parser.identifier()) : []
  const replace = parser.take('REPLACE') ? parseList(parser, () => parseReplacement(parser)) : []
  const rename = parser.take('RENAME') ? parseList(parser, () => parseRenaming(parser)) : []
  return { kind: 'star', qualifier, pattern, exclude, replace, rename, line, column }
}

const parseList = <A>(parser: Parser, parse: () => A): ReadonlyArray<A> => {
  if (!parser.takeSymbol('(')) return [parse()]
  const list = [parse()]
  while (parser.takeSymbol(',')) list.push(parse())
  parser.expectSymbol(')')
  return list
}

const parseReplacement = (parser: Parser): Star['replace'][number] => {
  const value = parser.expression()
  parser.expect('AS')
  return { name: parser.identifier(), value }
}

const parseRenaming = (parser: Parser): Star['rename'][number] => {
  const from = parser.identifier()
  parser.expect('AS')
  return { from, to: parser.identifier() }
}

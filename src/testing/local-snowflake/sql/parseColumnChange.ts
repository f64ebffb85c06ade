/** One clause of ALTER TABLE … ALTER COLUMN. */
import { discard } from '../discard.ts'
import { unsupported } from '../StatementError.ts'
import type { ColumnChange } from './AlterStatement.ts'
import { atDataType, parseDataType } from './DataType.ts'
import type { TagSetting } from './CreateStatement.ts'
import { takeComment } from './parseCreateMode.ts'
import type { Parser } from './Parser.ts'
import { parseMaskingReference } from './parsePolicyReference.ts'

export const parseColumnChange = (parser: Parser): ColumnChange => {
  parser.optional('COLUMN')
  return { column: parser.identifier(), change: parseChange(parser) }
}

const parseChange = (parser: Parser): ColumnChange['change'] => {
  if (parser.take('SET', 'MASKING', 'POLICY')) {
    return { kind: 'setMasking', ...parseMaskingReference(parser), force: parser.take('FORCE') }
  }
  if (parser.take('UNSET', 'MASKING', 'POLICY')) return { kind: 'unsetMasking' }
  if (parser.take('SET', 'TAG')) return { kind: 'setTags', tags: parseColumnTags(parser) }
  if (parser.take('UNSET', 'TAG')) return { kind: 'unsetTags', tags: [parser.name()] }
  if (parser.take('SET', 'NOT', 'NULL') || parser.take('NOT', 'NULL')) return { kind: 'setNotNull' }
  if (parser.take('DROP', 'NOT', 'NULL')) return { kind: 'dropNotNull' }
  if (parser.take('DROP', 'DEFAULT')) return { kind: 'dropDefault' }
  if (parser.take('SET', 'DEFAULT')) return parseSequenceDefault(parser)
  if (parser.take('UNSET', 'COMMENT')) return { kind: 'comment', comment: '' }
  const comment = takeComment(parser)
  if (comment !== undefined) return { kind: 'comment', comment }
  if (parser.at('SET', 'PROJECTION') || parser.at('UNSET', 'PROJECTION')) throw unsupported('PROJECTION POLICY')
  parser.optional('SET', 'DATA')
  parser.optional('TYPE')
  if (!atDataType(parser)) throw parser.unexpected()
  return { kind: 'setType', type: parseDataType(parser) }
}

/** After a comma a further tag goes on only when an `=` follows its name: else the comma begins the next column. */
const parseColumnTags = (parser: Parser): ReadonlyArray<TagSetting> => {
  const tags = [...parseOneTag(parser)]
  for (;;) {
    const mark = parser.mark()
    if (!parser.takeSymbol(',') || parser.at('COLUMN') || !parser.atIdentifier()) {
      parser.seek(mark)
      return tags
    }
    discard(parser.name())
    const goesOn = parser.atSymbol('=')
    parser.seek(mark)
    if (!goesOn) return tags
    parser.skip()
    tags.push(...parseOneTag(parser))
  }
}

const parseOneTag = (parser: Parser): ReadonlyArray<TagSetting> => {
  const tag = parser.name()
  parser.expectSymbol('=')
  return [{ tag, value: parser.string() }]
}

const parseSequenceDefault = (parser: Parser): ColumnChange['change'] => {
  const expression = parser.expression()
  if (expression.kind !== 'nextValue') throw unsupported('SET DEFAULT with anything but a sequence')
  return { kind: 'setDefault', sequence: expression.sequence }
}

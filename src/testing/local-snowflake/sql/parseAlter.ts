/** ALTER: which family it is, and all but tables and views. */
import { unsupported } from '../StatementError.ts'
import { isRelationKind } from '../catalog/ObjectKind.ts'
import type { ObjectKind, PolicyKind } from '../catalog/ObjectKind.ts'
import type { AlterObject, AlterPolicy, AlterStatement, AlterTag } from './AlterStatement.ts'
import { parseAlterRelation, parseNames } from './parseAlterRelation.ts'
import { parseTexts } from './parseCreate.ts'
import { parseTagSettings } from './parseCreateMode.ts'
import { parsePolicyBody } from './parseCreatePolicy.ts'
import { parseObjectKind } from './parseObjectKind.ts'
import type { Parser } from './Parser.ts'
import { parseAlterSession } from './parseSession.ts'
import { noProperties, parseProperties } from './Properties.ts'
import type { SessionStatement } from './SessionStatement.ts'

export const parseAlter = (parser: Parser): AlterStatement | SessionStatement => {
  parser.expect('ALTER')
  if (parser.take('SESSION')) return parseAlterSession(parser)
  if (parser.take('ACCOUNT')) return parseAlterAccount(parser)
  const objectKind = parseObjectKind(parser)
  if (isRelationKind(objectKind)) return parseAlterRelation(parser, objectKind)
  const ifExists = parser.take('IF', 'EXISTS')
  if (objectKind === 'MASKING POLICY' || objectKind === 'ROW ACCESS POLICY')
    return parseAlterPolicy(parser, objectKind, ifExists)
  if (objectKind === 'TAG') return parseAlterTag(parser, ifExists)
  return {
    kind: 'alterObject',
    objectKind,
    ifExists,
    name: parser.name(),
    action: parseObjectAction(parser, objectKind)
  }
}

const parseAlterAccount = (parser: Parser): AlterStatement => {
  if (parser.take('SET')) return { kind: 'alterAccount', set: parseProperties(parser), unset: [] }
  parser.expect('UNSET')
  return { kind: 'alterAccount', set: noProperties, unset: parseNames(parser, () => parser.anyWord()) }
}

const parseAlterPolicy = (parser: Parser, policyKind: PolicyKind, ifExists: boolean): AlterPolicy => ({
  kind: 'alterPolicy',
  policyKind,
  ifExists,
  name: parser.name(),
  action: parsePolicyAction(parser)
})

const parsePolicyAction = (parser: Parser): AlterPolicy['action'] => {
  if (parser.take('RENAME', 'TO')) return { kind: 'rename', to: parser.name() }
  if (parser.take('UNSET', 'COMMENT')) return { kind: 'comment', comment: '' }
  parser.expect('SET')
  if (parser.take('BODY')) return { kind: 'setBody', ...parsePolicyBody(parser) }
  if (parser.at('TAG')) throw unsupported('tags on policies')
  parser.expect('COMMENT')
  parser.expectSymbol('=')
  return { kind: 'comment', comment: parser.string() }
}

const parseAlterTag = (parser: Parser, ifExists: boolean): AlterTag => ({
  kind: 'alterTag',
  ifExists,
  name: parser.name(),
  action: parseTagAction(parser)
})

const parseTagAction = (parser: Parser): AlterTag['action'] => {
  if (parser.take('RENAME', 'TO')) return { kind: 'rename', to: parser.name() }
  if (parser.take('ADD', 'ALLOWED_VALUES')) return { kind: 'addValues', values: parseTexts(parser) }
  if (parser.take('DROP', 'ALLOWED_VALUES')) return { kind: 'dropValues', values: parseTexts(parser) }
  if (parser.take('UNSET', 'ALLOWED_VALUES')) return { kind: 'unsetValues' }
  if (parser.take('UNSET', 'COMMENT')) return { kind: 'comment', comment: '' }
  if (parser.take('UNSET')) return { kind: 'unsetMasking', policies: parseMaskingPolicies(parser) }
  parser.expect('SET')
  if (parser.take('COMMENT')) {
    parser.expectSymbol('=')
    return { kind: 'comment', comment: parser.string() }
  }
  return { kind: 'setMasking', policies: parseMaskingPolicies(parser), force: parser.take('FORCE') }
}

const parseMaskingPolicies = (parser: Parser): AlterTag['name'][] =>
  parseNames(parser, () => {
    parser.expect('MASKING', 'POLICY')
    return parser.name()
  }).slice()

const parseObjectAction = (parser: Parser, objectKind: ObjectKind): AlterObject['action'] => {
  if (parser.take('RENAME', 'TO')) return { kind: 'rename', to: parser.name() }
  if (parser.take('ENABLE', 'MANAGED', 'ACCESS')) return { kind: 'managedAccess', enabled: true }
  if (parser.take('DISABLE', 'MANAGED', 'ACCESS')) return { kind: 'managedAccess', enabled: false }
  if (parser.take('SET', 'TAG')) return { kind: 'setTags', tags: parseTagSettings(parser) }
  if (parser.take('UNSET', 'TAG')) return { kind: 'unsetTags', tags: parseNames(parser, () => parser.name()) }
  if (parser.take('UNSET')) return { kind: 'unset', names: parseNames(parser, () => parser.anyWord()) }
  if (parser.take('SET')) return { kind: 'set', properties: parseProperties(parser) }
  if (objectKind === 'USER') return parseUserAction(parser)
  const word = parser.takeOneOf('SUSPEND', 'RESUME', 'ABORT', 'REFRESH')
  if (word === undefined) throw parser.unexpected()
  if (word === 'RESUME') parser.optional('IF', 'SUSPENDED')
  if (word === 'ABORT') parser.expect('ALL', 'QUERIES')
  return { kind: 'maintenance', word }
}

const parseUserAction = (parser: Parser): AlterObject['action'] => {
  if (parser.take('ABORT', 'ALL', 'QUERIES')) return { kind: 'maintenance', word: 'ABORT' }
  const adding = parser.take('ADD')
  if (!adding) parser.expect('REMOVE')
  if (!parser.take('PAT')) parser.expect('PROGRAMMATIC', 'ACCESS', 'TOKEN')
  const token = parser.identifier()
  return adding
    ? { kind: 'addAccessToken', token, properties: parseProperties(parser) }
    : { kind: 'removeAccessToken', token }
}

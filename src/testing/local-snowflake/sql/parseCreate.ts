/** CREATE: which family it is, and the small members of each. */
import { unsupported } from '../StatementError.ts'
import type { InertKind } from '../catalog/ObjectKind.ts'
import type { CreateMode, CreateStatement, TagSetting } from './CreateStatement.ts'
import { parseExistence, parseReplacing, takeComment, takeTags } from './parseCreateMode.ts'
import { parseCreatePolicy } from './parseCreatePolicy.ts'
import { parseCreateTable } from './parseCreateTable.ts'
import { parseCreateView } from './parseCreateView.ts'
import type { Parser } from './Parser.ts'
import { noProperties, parseProperties } from './Properties.ts'
import type { Properties } from './Properties.ts'
import { parseMoment } from './parseTableReference.ts'
import { parseSequenceSteps } from './parseSequenceSteps.ts'

export const parseCreate = (parser: Parser): CreateStatement => {
  const start = parser.mark()
  parser.expect('CREATE')
  const mode = parseReplacing(parser)
  return parseRelation(parser, mode, start) ?? parseObject(parser, mode, start) ?? refuse(parser)
}

const refuse = (parser: Parser): never => {
  throw parser.peek().kind === 'word' ? unsupported(`CREATE ${parser.peek().value}`) : parser.unexpected()
}

/** Tables and views, whose kind stands behind adjectives: `TEMPORARY`, `SECURE`, `DYNAMIC` … */
const parseRelation = (parser: Parser, mode: CreateMode, start: number): CreateStatement | undefined => {
  const mark = parser.mark()
  const adjectives = new Set<string>()
  for (;;) {
    const adjective = parser.takeOneOf(
      'LOCAL',
      'GLOBAL',
      'TEMP',
      'TEMPORARY',
      'VOLATILE',
      'TRANSIENT',
      'SECURE',
      'RECURSIVE',
      'MATERIALIZED',
      'EXTERNAL',
      'DYNAMIC',
      'ICEBERG',
      'HYBRID',
      'EVENT'
    )
    if (adjective === undefined) break
    adjectives.add(adjective)
  }
  const temporary = ['TEMP', 'TEMPORARY', 'VOLATILE'].some(word => adjectives.has(word))
  if (parser.take('TABLE')) {
    const special = (['EXTERNAL', 'DYNAMIC', 'ICEBERG', 'HYBRID', 'EVENT'] as const).find(word => adjectives.has(word))
    const variant = special === undefined ? 'TABLE' : (`${special} TABLE` as const)
    return parseCreateTable(parser, mode, { variant, temporary, transient: adjectives.has('TRANSIENT') })
  }
  if (parser.take('VIEW')) {
    const variant = adjectives.has('MATERIALIZED') ? 'MATERIALIZED VIEW' : 'VIEW'
    return parseCreateView(parser, mode, { variant, secure: adjectives.has('SECURE'), temporary }, start)
  }
  parser.seek(mark)
  return undefined
}

const parseObject = (parser: Parser, mode: CreateMode, start: number): CreateStatement | undefined => {
  if (parser.take('MASKING', 'POLICY')) return parseCreatePolicy(parser, mode, 'MASKING POLICY')
  if (parser.take('ROW', 'ACCESS', 'POLICY')) return parseCreatePolicy(parser, mode, 'ROW ACCESS POLICY')
  if (parser.take('DATABASE', 'ROLE')) return parsePrincipal(parser, mode, 'DATABASE ROLE')
  if (parser.take('ROLE')) return parsePrincipal(parser, mode, 'ROLE')
  if (parser.take('USER')) return parsePrincipal(parser, mode, 'USER')
  if (parser.take('TRANSIENT', 'DATABASE')) return parseContainer(parser, mode, 'DATABASE', true)
  if (parser.take('DATABASE')) return parseContainer(parser, mode, 'DATABASE', false)
  if (parser.take('TRANSIENT', 'SCHEMA')) return parseContainer(parser, mode, 'SCHEMA', true)
  if (parser.take('SCHEMA')) return parseContainer(parser, mode, 'SCHEMA', false)
  if (parser.take('TAG')) return parseTag(parser, mode)
  if (parser.take('SEQUENCE')) return parseSequence(parser, mode)
  if (parser.take('WAREHOUSE')) return parseWarehouse(parser, mode)
  if (parser.take('STREAM')) return parseStream(parser, mode)
  return parseInert(parser, mode, start)
}

const parsePrincipal = (
  parser: Parser,
  mode: CreateMode,
  objectKind: 'ROLE' | 'DATABASE ROLE' | 'USER'
): CreateStatement => {
  const fullMode = parseExistence(parser, mode)
  return {
    kind: 'createPrincipal',
    objectKind,
    mode: fullMode,
    name: parser.name(),
    properties: parseTaggedProperties(parser).properties
  }
}

const parseContainer = (
  parser: Parser,
  mode: CreateMode,
  objectKind: 'DATABASE' | 'SCHEMA',
  transient: boolean
): CreateStatement => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  for (const word of ['CLONE', 'FROM', 'AS']) if (parser.at(word)) throw unsupported(`CREATE ${objectKind} … ${word}`)
  const managedAccess = parser.take('WITH', 'MANAGED', 'ACCESS')
  const { properties, tags } = parseTaggedProperties(parser)
  return { kind: 'createContainer', objectKind, mode: fullMode, name, transient, managedAccess, properties, tags }
}

const parseTaggedProperties = (parser: Parser): { properties: Properties; tags: ReadonlyArray<TagSetting> } => {
  let properties = noProperties
  let tags: ReadonlyArray<TagSetting> = []
  for (;;) {
    const found = takeTags(parser)
    const more = found === undefined ? parseProperties(parser) : noProperties
    if (found === undefined && more.size === 0) return { properties, tags }
    tags = found ?? tags
    properties = new Map([...properties, ...more])
  }
}

const parseTag = (parser: Parser, mode: CreateMode): CreateStatement => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  const allowedValues = parser.take('ALLOWED_VALUES') ? parseTexts(parser) : undefined
  const properties = parseProperties(parser)
  const comment = properties.get('COMMENT')
  return {
    kind: 'createTag',
    mode: fullMode,
    name,
    allowedValues,
    comment: typeof comment === 'string' ? comment : undefined
  }
}

/** `'a', 'b'`. */
export const parseTexts = (parser: Parser): ReadonlyArray<string> => {
  const texts = [parser.string()]
  while (parser.takeSymbol(',')) texts.push(parser.string())
  return texts
}

const parseSequence = (parser: Parser, mode: CreateMode): CreateStatement => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  parser.optional('WITH')
  const { start, increment, ordered } = parseSequenceSteps(parser)
  return {
    kind: 'createSequence',
    mode: fullMode,
    name,
    start: start ?? 1,
    increment: increment ?? 1,
    ordered,
    comment: takeComment(parser)
  }
}

const parseWarehouse = (parser: Parser, mode: CreateMode): CreateStatement => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  parser.optional('WITH')
  return { kind: 'createWarehouse', mode: fullMode, name, properties: parseTaggedProperties(parser).properties }
}

const parseStream = (parser: Parser, mode: CreateMode): CreateStatement => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  const copyGrants = parser.take('COPY', 'GRANTS')
  parser.expect('ON')
  const sourceKind = parser.takeOneOf('TABLE', 'VIEW')
  if (sourceKind === undefined) throw unsupported(`CREATE STREAM … ON ${parser.peek().value}`)
  const source = parser.name()
  const before = parser.take('BEFORE')
  const start = before || parser.take('AT') ? parseMoment(parser, before) : undefined
  return {
    kind: 'createStream',
    mode: fullMode,
    name,
    sourceKind,
    source,
    start,
    copyGrants,
    properties: parseProperties(parser)
  }
}

const inertKinds: ReadonlyArray<readonly [string, InertKind | 'INTEGRATION']> = [
  ['FILE FORMAT', 'FILE FORMAT'],
  ['STAGE', 'STAGE'],
  ['PIPE', 'PIPE'],
  ['TASK', 'TASK'],
  ['ALERT', 'ALERT'],
  ['SECRET', 'SECRET'],
  ['SECURE FUNCTION', 'FUNCTION'],
  ['FUNCTION', 'FUNCTION'],
  ['PROCEDURE', 'PROCEDURE'],
  ['STORAGE INTEGRATION', 'INTEGRATION'],
  ['NOTIFICATION INTEGRATION', 'INTEGRATION'],
  ['SECURITY INTEGRATION', 'INTEGRATION'],
  ['API INTEGRATION', 'INTEGRATION']
]

/** Kept by name only, so the rest of the statement is taken as it is. */
const parseInert = (parser: Parser, mode: CreateMode, start: number): CreateStatement | undefined => {
  const objectKind = inertKinds.find(([words]) => parser.take(...words.split(' ')))?.[1]
  if (objectKind === undefined) return undefined
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  while (parser.peek().kind !== 'end' && !parser.atSymbol(';')) parser.skip()
  return { kind: 'createInert', objectKind, mode: fullMode, name, text: parser.textSince(start) }
}

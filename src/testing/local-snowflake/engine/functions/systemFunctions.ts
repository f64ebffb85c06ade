/** Functions that look into the catalogue or the session's history. */
import { objectKinds } from '../../catalog/ObjectKind.ts'
import type { ObjectKind } from '../../catalog/ObjectKind.ts'
import type { Relation } from '../../catalog/Relation.ts'
import type { Stream } from '../../catalog/Stream.ts'
import { nameFromText } from '../../sql/Cursor.ts'
import { booleanLiteral, nullLiteral, textLiteral } from '../../sql/Literal.ts'
import { booleanType, displayType } from '../../sql/DataType.ts'
import { refused, unsupported } from '../../StatementError.ts'
import { objectDdl } from '../../statements/objectDdl.ts'
import { byGovernance, findObject, findSource } from '../../statements/resolve.ts'
import { effectiveTags, findTag } from '../../statements/tagging.ts'
import { changesExist } from '../compileChanges.ts'
import { compileLiteral } from '../compileLiteral.ts'
import type { Compiled } from '../Compiled.ts'
import type { Compiler } from '../Compiler.ts'
import { resolving } from '../resolving.ts'

type SystemFunction = (compiler: Compiler, args: ReadonlyArray<Compiled>) => Compiled

const textOf = (value: Compiled | undefined, name: string): string => {
  if (value?.literal?.type !== 'text') throw refused(`${name} needs a constant text.`)
  return value.literal.text
}

/** `LAST_QUERY_ID([n])`: 1 is the first of the session, -1 the last. */
const lastQueryId: SystemFunction = ({ context }, [which]) => {
  const place = Number(which?.literal?.text ?? '-1')
  const id = context.session.queryIds.filter(known => known !== context.queryId).at(place > 0 ? place - 1 : place)
  if (id === undefined) throw refused('The specified statement ID is out of range.')
  return compileLiteral(textLiteral(id))
}

const typeOf: SystemFunction = (_, [value]) =>
  compileLiteral(textLiteral(value?.type === undefined ? 'NULL' : displayType(value.type)))

/** GET_DDL calls every policy a POLICY. */
const getDdl: SystemFunction = (compiler, [type, name, qualified]) => {
  const kind = textOf(type, 'GET_DDL').toUpperCase().replaceAll('_', ' ')
  const path = nameFromText(textOf(name, 'GET_DDL'))
  const full = qualified?.literal?.text === 'true'
  if (kind === 'TABLE' || kind === 'VIEW')
    return compileLiteral(textLiteral(objectDdl(findSource(resolving(compiler), path, 'SELECT', byGovernance), full)))
  const candidates: ReadonlyArray<ObjectKind> =
    kind === 'POLICY' ? ['MASKING POLICY', 'ROW ACCESS POLICY'] : objectKinds.filter(known => known === kind)
  for (const [i, candidate] of candidates.entries()) {
    try {
      return compileLiteral(
        textLiteral(objectDdl(findObject(resolving(compiler), candidate, path, 'SELECT', byGovernance), full))
      )
    } catch (error) {
      if (i === candidates.length - 1) throw error
    }
  }
  throw unsupported(`GET_DDL of ${kind}`)
}

/** Never a false negative; a stream nothing was written behind is kept from going stale. */
const streamHasData: SystemFunction = (compiler, [name]) => {
  const { engine, session, account } = compiler.context
  const stream = findObject(
    resolving(compiler),
    'STREAM',
    nameFromText(textOf(name, 'SYSTEM$STREAM_HAS_DATA')),
    'SELECT'
  ) as Stream
  const [from, to] = [engine.offsetOf(session, stream), engine.readVersion(session)]
  if (from === to) {
    stream.offsetTimeMs = account.clock.now()
    return compileLiteral(booleanLiteral(false))
  }
  return { sql: changesExist(compiler, stream.source, { from, to, appendOnly: stream.appendOnly }), type: booleanType }
}

/** `SYSTEM$GET_TAG('tag', 'object', 'domain')`. */
const getTag: SystemFunction = (compiler, [tagName, objectName, domain]) => {
  const { context } = compiler
  const tag = findTag({ ...context, ...resolving(compiler) }, nameFromText(textOf(tagName, 'SYSTEM$GET_TAG')))
  const path = textOf(objectName, 'SYSTEM$GET_TAG')
  const kind = textOf(domain, 'SYSTEM$GET_TAG').toUpperCase()
  if (kind === 'COLUMN') {
    const parts = path.split('.')
    const relation = findSource(
      resolving(compiler),
      nameFromText(parts.slice(0, -1).join('.')),
      'SELECT',
      byGovernance
    ) as Relation
    const [columnName = ''] = nameFromText(parts.at(-1) ?? '')
    const column = relation.columns.find(known => known.name === columnName)
    const value = column === undefined ? undefined : effectiveTags(relation, column).get(tag)
    return compileLiteral(value === undefined ? nullLiteral : textLiteral(value))
  }
  const found = objectKinds.find(known => known === kind)
  if (found === undefined) throw unsupported(`SYSTEM$GET_TAG for ${kind}`)
  const value = findObject(resolving(compiler), found, nameFromText(path), 'SELECT', byGovernance).tags.get(tag)
  return compileLiteral(value === undefined ? nullLiteral : textLiteral(value))
}

export const systemFunctions: Readonly<Record<string, SystemFunction>> = {
  LAST_QUERY_ID: lastQueryId,
  GET_DDL: getDdl,
  SYSTEM$TYPEOF: typeOf,
  SYSTEM$STREAM_HAS_DATA: streamHasData,
  SYSTEM$GET_TAG: getTag
}

/** The structure of a scripting block: what nests in what. What stands between the keywords is kept as tokens. */
import { unsupported } from '../StatementError.ts'
import type { Cursor } from './Cursor.ts'
import { takeDeclaration } from './parseDeclaration.ts'
import type { ConditionalSteps, Declaration, Fragment, Handler, ScriptBlock, Step } from './ScriptStatement.ts'
import { takeFragment } from './takeFragment.ts'

/** Whether a block comes next, and not the BEGIN of a transaction. */
export const atBlock = (cursor: Cursor): boolean => {
  if (cursor.at('DECLARE')) return true
  if (!cursor.at('BEGIN')) return false
  const after = cursor.peek(1)
  const ends = after.kind === 'end' || (after.kind === 'symbol' && after.value === ';')
  return !ends && !(after.kind === 'word' && ['TRANSACTION', 'WORK', 'NAME'].includes(after.value))
}

export const parseBlock = (cursor: Cursor): ScriptBlock => {
  const declarations: Declaration[] = []
  if (cursor.take('DECLARE')) {
    while (!cursor.at('BEGIN')) {
      const declaration = takeDeclaration(cursor)
      if (declaration === undefined) throw cursor.unexpected()
      declarations.push(declaration)
      cursor.expectSymbol(';')
    }
  }
  cursor.expect('BEGIN')
  const body = parseSteps(cursor, ['END', 'EXCEPTION'])
  const handlers = cursor.take('EXCEPTION') ? parseHandlers(cursor) : []
  cursor.expect('END')
  return { kind: 'block', source: cursor.source, declarations, body, handlers }
}

const parseHandlers = (cursor: Cursor): ReadonlyArray<Handler> => {
  const handlers: Handler[] = []
  while (cursor.take('WHEN')) {
    const exceptions = [cursor.anyWord()]
    while (cursor.take('OR')) exceptions.push(cursor.anyWord())
    if (!cursor.take('EXIT')) cursor.optional('CONTINUE')
    cursor.expect('THEN')
    handlers.push({ exceptions, body: parseSteps(cursor, ['WHEN', 'END']) })
  }
  return handlers
}

const parseSteps = (cursor: Cursor, ends: ReadonlyArray<string>): ReadonlyArray<Step> =>
  cursor.nested(() => readSteps(cursor, ends))

const readSteps = (cursor: Cursor, ends: ReadonlyArray<string>): ReadonlyArray<Step> => {
  const steps: Step[] = []
  while (!ends.some(word => cursor.at(word))) {
    if (cursor.peek().kind === 'end') throw cursor.unexpected()
    steps.push(parseStep(cursor))
    cursor.expectSymbol(';')
  }
  return steps
}

const parseStep = (cursor: Cursor): Step => {
  if (atBlock(cursor)) return { kind: 'nested', block: parseBlock(cursor) }
  if (cursor.take('LET')) return parseLet(cursor)
  if (cursor.take('RETURN'))
    return { kind: 'return', value: cursor.atSymbol(';') ? undefined : takeFragment(cursor, []) }
  if (cursor.take('IF')) return parseIf(cursor)
  if (cursor.take('CASE')) return parseCase(cursor)
  if (cursor.take('FOR')) return parseFor(cursor)
  if (cursor.take('WHILE')) return parseWhile(cursor)
  if (cursor.take('REPEAT')) return parseRepeat(cursor)
  if (cursor.take('LOOP')) return finish(cursor, { kind: 'loop', body: parseSteps(cursor, ['END']) }, 'LOOP')
  if (cursor.take('BREAK') || cursor.take('EXIT')) return { kind: 'break' }
  if (cursor.take('CONTINUE') || cursor.take('ITERATE')) return { kind: 'continue' }
  if (cursor.take('NULL')) return { kind: 'nothing' }
  if (cursor.take('RAISE')) return { kind: 'raise', exception: cursor.atSymbol(';') ? undefined : cursor.identifier() }
  for (const word of ['OPEN', 'FETCH', 'CLOSE', 'AWAIT', 'ASYNC', 'CANCEL'])
    if (cursor.at(word)) throw unsupported(word)
  if (isAssignment(cursor)) {
    const name = cursor.identifier()
    cursor.skip()
    return { kind: 'assign', name, value: takeFragment(cursor, []) }
  }
  return { kind: 'sql', statement: takeFragment(cursor, []) }
}

const isAssignment = (cursor: Cursor): boolean => cursor.peek(1).kind === 'symbol' && cursor.peek(1).value === ':='

const parseLet = (cursor: Cursor): Step => {
  const declaration = takeDeclaration(cursor)
  if (declaration === undefined) throw cursor.unexpected()
  return { kind: 'declare', declaration }
}

const finish = (cursor: Cursor, step: Step, ...words: ReadonlyArray<string>): Step => {
  cursor.expect('END', ...words)
  return step
}

const parseIf = (cursor: Cursor): Step => {
  const branches: ConditionalSteps[] = []
  do {
    const condition = takeFragment(cursor, ['THEN'])
    cursor.expect('THEN')
    branches.push({ condition, body: parseSteps(cursor, ['ELSEIF', 'ELSE', 'END']) })
  } while (cursor.take('ELSEIF'))
  const otherwise = cursor.take('ELSE') ? parseSteps(cursor, ['END']) : []
  return finish(cursor, { kind: 'if', branches, otherwise }, 'IF')
}

const parseCase = (cursor: Cursor): Step => {
  const operand: Fragment | undefined = cursor.at('WHEN') ? undefined : takeFragment(cursor, ['WHEN'])
  const branches: ConditionalSteps[] = []
  while (cursor.take('WHEN')) {
    const condition = takeFragment(cursor, ['THEN'])
    cursor.expect('THEN')
    branches.push({ condition, body: parseSteps(cursor, ['WHEN', 'ELSE', 'END']) })
  }
  const otherwise = cursor.take('ELSE') ? parseSteps(cursor, ['END']) : []
  cursor.expect('END')
  cursor.optional('CASE')
  return { kind: 'case', operand, branches, otherwise }
}

const parseFor = (cursor: Cursor): Step => {
  const variable = cursor.identifier()
  cursor.expect('IN')
  const reverse = cursor.take('REVERSE')
  const first = takeFragment(cursor, ['TO', 'DO', 'LOOP'])
  if (cursor.take('TO')) {
    const to = takeFragment(cursor, ['DO', 'LOOP'])
    const body = parseLoopBody(cursor)
    return { kind: 'forRange', variable, reverse, from: first, to, body }
  }
  const [over] = first
  if (over === undefined || first.length !== 1) throw cursor.unexpected()
  return { kind: 'forEach', variable, over: over.value, body: parseLoopBody(cursor) }
}

/** `DO … END FOR` or `LOOP … END LOOP`. */
const parseLoopBody = (cursor: Cursor): ReadonlyArray<Step> => {
  if (!cursor.take('DO')) cursor.expect('LOOP')
  const body = parseSteps(cursor, ['END'])
  cursor.expect('END')
  if (cursor.takeOneOf('FOR', 'WHILE', 'LOOP') === undefined) throw cursor.unexpected()
  return body
}

const parseWhile = (cursor: Cursor): Step => {
  const condition = takeFragment(cursor, ['DO', 'LOOP'])
  return { kind: 'while', condition, body: parseLoopBody(cursor) }
}

const parseRepeat = (cursor: Cursor): Step => {
  const body = parseSteps(cursor, ['UNTIL'])
  cursor.expect('UNTIL')
  const condition = takeFragment(cursor, ['END'])
  return finish(cursor, { kind: 'repeat', condition, body }, 'REPEAT')
}

/** Members, calls and indexes: what follows a primary. */
import type { Aggregate, AggregateFunction, Expression } from '../Expression.ts'
import { member } from '../Expression.ts'
import type { Parser } from './Parser.ts'
import { listUntil } from './Parser.ts'

export const parsePostfix = (parser: Parser, primary: Expression): Expression => {
  const { cursor } = parser
  const start = cursor.mark()
  let target = primary
  for (;;) {
    if (cursor.at('.')) target = parseMembers(parser, target)
    else if (cursor.at('(') && !parser.endsHere()) target = parseCall(parser, target, start - 1)
    else if (cursor.at('[') && !parser.endsHere()) target = parseIndex(parser, target)
    else return target
  }
}

/** All of `.a.b.c` in one go, up to a method's call: a long path must not be put together anew for each of its names. */
const parseMembers = (parser: Parser, target: Expression): Expression => {
  const { cursor } = parser
  const names: Array<string> = []
  while (cursor.take('.')) {
    const name = cursor.memberName()
    if (cursor.at('(') && !parser.endsHere()) {
      cursor.next()
      return { _tag: 'MethodCall', target: member(target, ...names), method: name, args: listUntil(parser, ')') }
    }
    names.push(name)
  }
  return member(target, ...names)
}

const parseIndex = (parser: Parser, target: Expression): Expression => {
  parser.cursor.next()
  const index = parser.bracketed(() => parser.expression())
  parser.cursor.expect(']')
  return { _tag: 'Index', target, index }
}

/** Least and greatest number of arguments. These names are reserved as functions; they do not ignore case. */
const aggregates: ReadonlyMap<string, readonly [least: number, most: number]> = new Map<
  AggregateFunction,
  [number, number]
>([
  ['avg', [1, 1]],
  ['collectArray', [1, 1]],
  ['count', [0, 1]],
  ['max', [1, 1]],
  ['min', [1, 1]],
  ['sum', [1, 1]]
])

const parseCall = (parser: Parser, callee: Expression, start: number): Expression => {
  parser.cursor.next()
  const args = listUntil(parser, ')')
  const range = callee._tag === 'Name' && callee.path.length === 1 ? aggregates.get(callee.path[0]) : undefined
  if (callee._tag !== 'Name' || range === undefined) return { _tag: 'Call', callee, args }
  const [least, most] = range
  const call: Aggregate = { _tag: 'Aggregate', function: callee.path[0] as AggregateFunction, args }
  if (args.length >= least && args.length <= most) return call
  parser.cursor.seek(start)
  const right = least === most ? `${least} argument` : `${least} or ${most} arguments`
  return parser.cursor.unexpected(`an aggregate with ${right}`, 'invalid-aggregate')
}

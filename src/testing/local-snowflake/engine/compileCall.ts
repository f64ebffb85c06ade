/** A function call: which kind of function it is, and its window. A name that is none of them is error 002140. */
import { textLiteral } from '../sql/Literal.ts'
import type { Expression, FrameBound, FunctionCall, OrderItem, Window } from '../sql/SyntaxTree.ts'
import { refused, unknownFunction, unsupported } from '../StatementError.ts'
import type { Compiled } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { compileLiteral } from './compileLiteral.ts'
import { aggregateFunctions } from './functions/aggregateFunctions.ts'
import type { AggregateFunction } from './functions/aggregateFunctions.ts'
import { conditionalFunctions } from './functions/conditionalFunctions.ts'
import { clockFunctions, contextConstants, roleTests } from './functions/contextFunctions.ts'
import { conversionFunctions } from './functions/conversionFunctions.ts'
import { wrongArgumentCount } from './functions/FunctionTable.ts'
import type { FunctionTable } from './functions/FunctionTable.ts'
import { numberFunctions } from './functions/numberFunctions.ts'
import { semiStructuredFunctions } from './functions/semiStructuredFunctions.ts'
import { systemFunctions } from './functions/systemFunctions.ts'
import { textFunctions } from './functions/textFunctions.ts'
import { timeFunctions } from './functions/timeFunctions.ts'
import { columnValue, starColumns } from './Scope.ts'
import type { Scope } from './Scope.ts'

const scalars: FunctionTable = {
  ...textFunctions,
  ...numberFunctions,
  ...conditionalFunctions,
  ...conversionFunctions,
  ...timeFunctions,
  ...semiStructuredFunctions
}

const own = <A>(table: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

export const compileCall = (compiler: Compiler, call: FunctionCall, scope: Scope): Compiled => {
  const { name } = call
  const aggregate = own(aggregateFunctions, name)
  if (aggregate !== undefined) return compileAggregate(compiler, call, aggregate, scope)
  if (call.over !== undefined) throw refused(`Function ${name} cannot have an OVER clause.`)
  const constant = own(contextConstants, name)
  if (constant !== undefined) {
    requireCount(name, call.args.length, 0, 0)
    return compileLiteral(constant(compiler))
  }
  const clock = own(clockFunctions, name)
  if (clock !== undefined) return clock(compiler)
  const args = call.args.flatMap(arg => argument(compiler, name, arg, scope))
  const system = own(systemFunctions, name)
  if (system !== undefined) return system(compiler, args)
  const test = own(roleTests, name)
  const [first] = args
  if (test !== undefined && first !== undefined) {
    requireCount(name, args.length, 1, 1)
    return test(compiler, first)
  }
  return compileScalarCall(name, args)
}

/** `OBJECT_CONSTRUCT(*)` takes every column of the row, under its name. */
const argument = (compiler: Compiler, name: string, arg: Expression, scope: Scope): ReadonlyArray<Compiled> => {
  const columns =
    arg.kind === 'star' && name.startsWith('OBJECT_CONSTRUCT') ? starColumns(scope, arg.qualifier) : undefined
  if (columns === undefined) return [compiler.expression(arg, scope)]
  return columns.flatMap(column => [compileLiteral(textLiteral(column.name)), columnValue(column)])
}

const compileScalarCall = (name: string, args: ReadonlyArray<Compiled>): Compiled => {
  const rule = own(scalars, truncatesDate(name, args) ? 'DATE_TRUNC' : name)
  if (rule === undefined) throw unknownFunction(name)
  requireCount(name, args.length, rule.min, rule.max)
  return rule.build(args)
}

/** `TRUNC` is two functions: of numbers, and of dates with a part. */
const truncatesDate = (name: string, args: ReadonlyArray<Compiled>): boolean =>
  name === 'TRUNC' && args[0]?.literal?.type === 'text'

const requireCount = (name: string, given: number, min: number, max: number): void => {
  if (given < min || given > max) throw wrongArgumentCount(name, given)
}

const compileAggregate = (compiler: Compiler, call: FunctionCall, rule: AggregateFunction, scope: Scope): Compiled => {
  const [first] = call.args
  const star = first?.kind === 'star' && call.name === 'COUNT' && call.args.length === 1
  const args = star ? [] : call.args.map(arg => compiler.expression(arg, scope))
  if (!star) requireCount(call.name, args.length, rule.min, rule.max)
  if (rule.windowOnly === true && call.over === undefined)
    throw refused(`Window function ${call.name} requires an OVER clause.`)
  const written = rule.write({
    args,
    distinct: call.distinct ? 'DISTINCT ' : '',
    orderBy: call.withinGroup.length === 0 ? '' : ` ${writeOrderBy(compiler, call.withinGroup, scope)}`,
    ignoreNulls: call.ignoreNulls
  })
  const over = call.over === undefined ? '' : ` OVER (${writeWindow(compiler, call.over, scope)})`
  if (over !== '' && written.startsWith('coalesce(')) throw unsupported(`${call.name} with an OVER clause`)
  return { sql: `${written}${over}`, type: typeof rule.type === 'function' ? rule.type(args) : rule.type }
}

/** NULLs sort high: last ascending, first descending. */
export const writeOrderItem = (sql: string, item: OrderItem): string => {
  const nulls = item.nulls ?? (item.descending ? 'FIRST' : 'LAST')
  return `${sql} ${item.descending ? 'DESC' : 'ASC'} NULLS ${nulls}`
}

const writeOrderBy = (compiler: Compiler, items: ReadonlyArray<OrderItem>, scope: Scope): string =>
  `ORDER BY ${items.map(item => writeOrderItem(compiler.expression(item.expression, scope).sql, item)).join(', ')}`

const writeWindow = (compiler: Compiler, window: Window, scope: Scope): string => {
  const partition = window.partitionBy.map(expression => compiler.expression(expression, scope).sql)
  const parts = [
    partition.length === 0 ? '' : `PARTITION BY ${partition.join(', ')}`,
    window.orderBy.length === 0 ? '' : writeOrderBy(compiler, window.orderBy, scope),
    window.frame === undefined ? '' : writeFrame(compiler, window.frame, scope)
  ]
  return parts.filter(part => part !== '').join(' ')
}

const writeFrame = (compiler: Compiler, frame: NonNullable<Window['frame']>, scope: Scope): string => {
  const bound = ({ edge, offset }: FrameBound): string =>
    offset === undefined ? edge : `${compiler.expression(offset, scope).sql} ${edge}`
  return frame.to === undefined
    ? `${frame.unit} ${bound(frame.from)}`
    : `${frame.unit} BETWEEN ${bound(frame.from)} AND ${bound(frame.to)}`
}

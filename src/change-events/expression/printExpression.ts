/** From a syntax tree back to text. Parsing that text gives an expression of the same meaning. */
import type { Call, Case, Expression, Iteration, MethodCall, ObjectLiteral, Select, Source } from './Expression.ts'
import { binaryLevels, level } from './precedence.ts'
import type { Printed } from './printValue.ts'
import { printValue } from './printValue.ts'

/**
 * The text of an expression, with no more brackets than its meaning needs.
 *
 * **Details**: keywords come in lower case, texts in single quotes, `&&`, `||`, `!` and `==` as symbols. A constant that has no literal
 * (a date, a decimal, an empty object) is written as an expression that gives it. A line break within a text is written as
 * a backslash and the line break, which only this parser reads.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseExpression, printExpression } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression("(a or b) and not (c = 1)")
 * if (E.isLeft(parsed) || printExpression(parsed.right) !== '(a || b) && !(c == 1)') throw new Error('unexpected')
 * ```
 */
export const printExpression = (expression: Expression): string => print(expression).text

/** The text, in brackets where it holds together less tightly than `minimum`. */
const at = (expression: Expression, minimum: number): string => {
  const printed = print(expression)
  return printed.level < minimum ? `(${printed.text})` : printed.text
}

const list = (expressions: ReadonlyArray<Expression>): string => expressions.map(listed).join(', ')

/** Whether it ends with a list of its own, which would go on after a comma. */
const endsInList = (expression: Expression): boolean =>
  expression._tag === 'Select' || (expression._tag === 'Lambda' && endsInList(expression.body))

/** What a comma may follow. */
const listed = (expression: Expression): string =>
  endsInList(expression) ? `(${printExpression(expression)})` : printExpression(expression)

const print = (node: Expression): Printed => {
  switch (node._tag) {
    case 'Constant':
      return printValue(node.value)
    case 'Name':
      return { text: node.path.join('.'), level: level.primary }
    case 'Member':
      return { text: `${target(node.target)}.${node.name}`, level: level.postfix }
    case 'Index':
      return { text: `${target(node.target)}[${printExpression(node.index)}]`, level: level.postfix }
    case 'MethodCall':
    case 'Call':
      return { text: printCall(node), level: level.postfix }
    case 'Aggregate':
      return { text: `${node.function}(${list(node.args)})`, level: level.postfix }
    case 'Cast':
      return { text: `cast(${printExpression(node.operand)} as ${node.type})`, level: level.primary }
    case 'Unary':
      return { text: `${node.operator}${at(node.operand, level.unary)}`, level: level.unary }
    case 'Binary': {
      const { level: own, rightAssociative } = binaryLevels[node.operator]
      const [left, right] = rightAssociative === true ? [own + 1, own] : [own, own + 1]
      return { text: `${at(node.left, left)} ${node.operator} ${at(node.right, right)}`, level: own }
    }
    case 'Logical':
      return printLogical(node.operator, node.terms)
    case 'Conditional': {
      const { test, then, otherwise } = node
      const text = `${at(test, level.conditional)} ? ${printExpression(then)} : ${at(otherwise, level.conditional + 1)}`
      return { text, level: level.conditional }
    }
    case 'Quantifier':
      return {
        text: `${closed(node.predicate)} for ${node.quantifier} ${printIteration(node.iteration)}`,
        level: level.quantifier
      }
    case 'Lambda':
      return { text: `${printParameters(node.parameters)} => ${printExpression(node.body)}`, level: level.open }
    case 'With': {
      const bindings = node.bindings.map(({ name, value }) => `${name} as ${closed(value)}`).join(', ')
      // The brackets say where the last value ends.
      return { text: `with ${bindings} (${printExpression(node.body)})`, level: level.open }
    }
    case 'Select':
      return { text: printSelect(node), level: level.open }
    case 'ArrayLiteral':
    case 'SetLiteral':
    case 'ObjectLiteral':
    case 'Comprehension':
    case 'ObjectComprehension':
    case 'Case':
      return { text: printEnclosed(node), level: level.primary }
  }
}

/** Forms with brackets or an `end` of their own. */
type Enclosed = Extract<
  Expression,
  { readonly _tag: 'ArrayLiteral' | 'SetLiteral' | 'ObjectLiteral' | 'Comprehension' | 'ObjectComprehension' | 'Case' }
>

const printEnclosed = (node: Enclosed): string => {
  switch (node._tag) {
    case 'ArrayLiteral':
      return `[${list(node.elements)}]`
    case 'SetLiteral':
      return `{${list(node.elements)}}`
    case 'ObjectLiteral':
      return node.entries.length === 0 ? printValue({}).text : `{${printEntries(node.entries)}}`
    case 'Comprehension': {
      const text = `${closed(node.element)} for ${printIteration(node.iteration)}`
      return node.result === 'array' ? `[${text}]` : `{${text}}`
    }
    case 'ObjectComprehension':
      return `{${closed(node.key)}: ${closed(node.value)} for ${printIteration(node.iteration)}}`
    case 'Case':
      return printCase(node)
  }
}

/** A text has no key twice. A tree may, once names are bound to values: `?? null` makes another text of the same key. */
const printEntries = (entries: ObjectLiteral['entries']): string => {
  const keys = new Set<string>()
  return entries
    .map(({ key, value }) => {
      let text = closed(key)
      while (keys.has(text)) text += ' ?? null'
      keys.add(text)
      return `${text}: ${listed(value)}`
    })
    .join(', ')
}

/** In brackets if it runs on to the right, where it would take in what follows. */
const closed = (expression: Expression): string => at(expression, level.closed)

/** What a `.`, `[` or `(` may follow. A number may not: `5.` is a number itself. */
const target = (expression: Expression): string =>
  expression._tag === 'Constant' && /^\d/.test(printExpression(expression))
    ? `(${printExpression(expression)})`
    : at(expression, level.postfix)

const printCall = (node: MethodCall | Call): string => {
  if (node._tag === 'MethodCall') return `${target(node.target)}.${node.method}(${list(node.args)})`
  const { callee, args } = node
  // `a.b(1)` would be a method of `a`.
  const isMember = callee._tag === 'Member' || (callee._tag === 'Name' && callee.path.length > 1)
  return `${isMember ? `(${printExpression(callee)})` : target(callee)}(${list(args)})`
}

const printLogical = (operator: '&&' | '||', terms: ReadonlyArray<Expression>): Printed => {
  const own = operator === '&&' ? level.and : level.or
  const [first, ...others] = terms
  if (first === undefined) return { text: String(operator === '&&'), level: level.primary }
  if (others.length === 0) return { text: `!!${at(first, level.unary)}`, level: level.unary }
  return { text: terms.map(term => at(term, own + 1)).join(` ${operator} `), level: own }
}

const printIteration = ({ names, collection, where }: Iteration): string => {
  const variables = names.length === 1 ? names[0] : `(${names.join(', ')})`
  return `${variables} of ${closed(collection)}${where === undefined ? '' : ` where ${closed(where)}`}`
}

const printParameters = (parameters: ReadonlyArray<string>): string =>
  parameters.length === 1 ? parameters.join('') : `(${parameters.join(', ')})`

const printCase = ({ subject, branches, otherwise }: Case): string =>
  [
    'case',
    ...(subject === undefined ? [] : [closed(subject)]),
    ...branches.map(({ when, then }) => `when ${closed(when)} then ${closed(then)}`),
    ...(otherwise === undefined ? [] : [`else ${closed(otherwise)}`]),
    'end'
  ].join(' ')

const printSelect = ({ columns, from, where, groupBy, orderBy, unions }: Select): string =>
  [
    'select',
    columns.map(column => (column === '*' ? column : closed(column.value) + printAlias(column.alias))).join(', '),
    'from',
    from.map(printSource).join(', '),
    ...(where === undefined ? [] : [`where ${closed(where)}`]),
    ...(groupBy.length === 0 ? [] : [`group by ${groupBy.map(closed).join(', ')}`]),
    ...(orderBy.length === 0 ? [] : [`order by ${orderBy.map(printOrder).join(', ')}`]),
    ...unions.map(({ all, relation }) => `union ${all ? 'all ' : ''}${closed(relation)}`)
  ].join(' ')

const printOrder = ({ path, order }: Select['orderBy'][number]): string => `${path.join('.')} ${order}`

const printAlias = (alias: string | undefined): string => (alias === undefined ? '' : ` as ${alias}`)

const printSource = (source: Source): string =>
  source._tag === 'Relation'
    ? closed(source.relation) + printAlias(source.alias)
    : `${printSource(source.left)} ${source.type} join ${printSource(source.right)} on ${closed(source.on)}`

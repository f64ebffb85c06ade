/** The one place that knows the parts of every form of expression; walks and rewrites are built on it. */
import type { Expression, Iteration, Select, Source } from './Expression.ts'

/** Rewrites a part. `bound` are the names that the form around it gives meaning to in this part: loop variables, parameters, bindings. */
export type Rewrite = (part: Expression, bound: ReadonlyArray<string>) => Expression

const none: ReadonlyArray<string> = []

/** The same form with every part rewritten. */
export const mapChildren = (node: Expression, rewrite: Rewrite): Expression => {
  const free = (part: Expression): Expression => rewrite(part, none)
  switch (node._tag) {
    case 'Constant':
    case 'Name':
      return node
    case 'Member':
      return { ...node, target: free(node.target) }
    case 'Index':
      return { ...node, target: free(node.target), index: free(node.index) }
    case 'MethodCall':
      return { ...node, target: free(node.target), args: node.args.map(free) }
    case 'Call':
      return { ...node, callee: free(node.callee), args: node.args.map(free) }
    case 'Cast':
    case 'Unary':
      return { ...node, operand: free(node.operand) }
    case 'Binary':
      return { ...node, left: free(node.left), right: free(node.right) }
    case 'Logical':
      return { ...node, terms: node.terms.map(free) }
    case 'Conditional':
      return { ...node, test: free(node.test), then: free(node.then), otherwise: free(node.otherwise) }
    case 'ArrayLiteral':
    case 'SetLiteral':
      return { ...node, elements: node.elements.map(free) }
    case 'ObjectLiteral':
      return { ...node, entries: node.entries.map(({ key, value }) => ({ key: free(key), value: free(value) })) }
    case 'Lambda':
      return { ...node, body: rewrite(node.body, node.parameters) }
    case 'With':
      return {
        ...node,
        bindings: node.bindings.map(({ name, value }) => ({ name, value: free(value) })),
        body: rewrite(
          node.body,
          node.bindings.map(({ name }) => name)
        )
      }
    case 'Aggregate':
      return { ...node, args: node.args.map(free) }
    case 'Case':
      return {
        ...node,
        ...optional('subject', node.subject, free),
        branches: node.branches.map(({ when, then }) => ({ when: free(when), then: free(then) })),
        ...optional('otherwise', node.otherwise, free)
      }
    case 'Comprehension':
    case 'ObjectComprehension':
    case 'Quantifier':
      return mapLoop(node, rewrite)
    case 'Select':
      return mapSelect(node, free)
  }
}

/** An optional part, rewritten where it is there. */
const optional = <K extends string>(
  key: K,
  part: Expression | undefined,
  rewrite: (part: Expression) => Expression
): { readonly [k in K]?: Expression } =>
  part === undefined ? {} : ({ [key]: rewrite(part) } as { readonly [k in K]: Expression })

type Loop = Extract<Expression, { readonly iteration: Iteration }>

const mapLoop = (node: Loop, rewrite: Rewrite): Expression => {
  const { names, collection, where } = node.iteration
  const inside = (part: Expression): Expression => rewrite(part, names)
  const iteration = { names, collection: rewrite(collection, none), ...optional('where', where, inside) }
  switch (node._tag) {
    case 'Comprehension':
      return { ...node, element: inside(node.element), iteration }
    case 'ObjectComprehension':
      return { ...node, key: inside(node.key), value: inside(node.value), iteration }
    case 'Quantifier':
      return { ...node, predicate: inside(node.predicate), iteration }
  }
}

const mapSelect = (node: Select, free: (part: Expression) => Expression): Select => ({
  ...node,
  columns: node.columns.map(column => (column === '*' ? column : { ...column, value: free(column.value) })),
  from: node.from.map(source => mapSource(source, free)),
  ...optional('where', node.where, free),
  groupBy: node.groupBy.map(free),
  unions: node.unions.map(({ all, relation }) => ({ all, relation: free(relation) }))
})

const mapSource = (source: Source, free: (part: Expression) => Expression): Source =>
  source._tag === 'Relation'
    ? { ...source, relation: free(source.relation) }
    : { ...source, left: mapSource(source.left, free), right: mapSource(source.right, free), on: free(source.on) }

/** The parts of a form, in the order of the text. */
export const childrenOf = (node: Expression): ReadonlyArray<Expression> => {
  const parts: Array<Expression> = []
  mapChildren(node, part => {
    parts.push(part)
    return part
  })
  return parts
}

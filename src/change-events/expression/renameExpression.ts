/** Other names for what an expression reads, and the names it reads. */
import { mapChildren } from './children.ts'
import type { Expression, Iteration, Name } from './Expression.ts'

/** A name and the members that are read from it: `['owner', 'id']`. */
export type Path = Name['path']

/** What an expression reads and nobody within it defines: no loop, no lambda, no `with`. Callees are functions, not reads. */
const visitFree = (node: Expression, bound: ReadonlyArray<string>, visit: (path: Path) => void): void => {
  if (node._tag === 'Name' && !bound.includes(node.path[0])) visit(node.path)
  const callee = calleeName(node)
  mapChildren(node, (part, names) => {
    if (part !== callee) visitFree(part, [...bound, ...names], visit)
    return part
  })
}

/** The callee, where it is a name of one part: a function's, or a lambda's variable. */
const calleeName = (node: Expression): Expression | undefined =>
  node._tag === 'Call' && node.callee._tag === 'Name' && node.callee.path.length === 1 ? node.callee : undefined

/**
 * The paths that an expression reads from its context, each once, in the order of the tree.
 *
 * **When to use**: to know which fields a rule depends on, before any event comes.
 *
 * **Details**: a path goes as far as dots and names go; what an index or a method takes from there is not part of it. Variables of loops, lambdas
 * and `with` are no reads, and neither are the names of functions.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { freePaths, parseExpression } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression('owner.id == 1 && t.name == kind for any t of tags')
 * if (E.isLeft(parsed)) throw new Error('not an expression')
 * const read = freePaths(parsed.right).map(path => path.join('.')).sort()
 * if (read.join() !== 'kind,owner.id,tags') throw new Error('unexpected')
 * ```
 */
export const freePaths = (expression: Expression): ReadonlyArray<Path> => {
  const found = new Map<string, Path>()
  visitFree(expression, [], path => found.set(path.join('.'), path))
  return [...found.values()]
}

/**
 * Renames what an expression reads from its context.
 *
 * **Details**: `rename` is given each free path and answers the path to read instead. Variables of loops, lambdas and `with` stay; where
 * a new path would be taken for one of them, that variable is given another name. The meaning is kept: evaluating the result
 * with the values under their new paths gives the same.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseExpression, printExpression, renameExpression } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression('m.id == id for any m of members')
 * if (E.isLeft(parsed)) throw new Error('not an expression')
 * const renamed = renameExpression(parsed.right, path => ['this', ...path])
 * if (printExpression(renamed) !== 'm.id == this.id for any m of this.members') throw new Error('unexpected')
 * ```
 */
export const renameExpression = (expression: Expression, rename: (path: Path) => Path): Expression => {
  const heads = new Set(freePaths(expression).map(path => rename(path)[0]))
  return renameIn(withoutCapture(expression, heads), [], rename)
}

const renameIn = (node: Expression, bound: ReadonlyArray<string>, rename: (path: Path) => Path): Expression => {
  if (node._tag === 'Name') return bound.includes(node.path[0]) ? node : { ...node, path: rename(node.path) }
  const callee = calleeName(node)
  return mapChildren(node, (part, names) => (part === callee ? part : renameIn(part, [...bound, ...names], rename)))
}

/** The same expression, in which no variable has one of these names. */
const withoutCapture = (node: Expression, heads: ReadonlySet<string>): Expression => {
  const changed = mapChildren(node, part => withoutCapture(part, heads))
  const captured = boundBy(changed).filter(name => heads.has(name))
  if (captured.length === 0) return changed
  const used = new Set([...heads, ...namesIn(changed)])
  const fresh = new Map(captured.map(name => [name, freshName(name, used)]))
  return renameVariables(changed, fresh)
}

const freshName = (name: string, used: ReadonlySet<string>): string => {
  for (let count = 1; ; count += 1) if (!used.has(`${name}_${count}`)) return `${name}_${count}`
}

const boundBy = (node: Expression): ReadonlyArray<string> => {
  if (node._tag === 'Lambda') return node.parameters
  if (node._tag === 'With') return node.bindings.map(({ name }) => name)
  return 'iteration' in node ? node.iteration.names : []
}

/** Every name that occurs, read or bound. */
const namesIn = (node: Expression): ReadonlySet<string> => {
  const found = new Set(boundBy(node))
  if (node._tag === 'Name') found.add(node.path[0])
  mapChildren(node, part => {
    for (const name of namesIn(part)) found.add(name)
    return part
  })
  return found
}

/** Gives the variables of one form other names, where it binds them and where they are read. */
const renameVariables = (node: Expression, fresh: ReadonlyMap<string, string>): Expression => {
  const rename = (name: string): string => fresh.get(name) ?? name
  const read = mapChildren(node, (part, names) => (names.length === 0 ? part : readAs(part, fresh)))
  if (read._tag === 'Lambda') return { ...read, parameters: read.parameters.map(rename) }
  if (read._tag === 'With')
    return { ...read, bindings: read.bindings.map(({ name, value }) => ({ name: rename(name), value })) }
  if (!('iteration' in read)) return read
  const [first, second] = read.iteration.names
  const names: Iteration['names'] = second === undefined ? [rename(first)] : [rename(first), rename(second)]
  return { ...read, iteration: { ...read.iteration, names } }
}

/** Reads of the old names as reads of the new ones, callees too, up to where another form binds them again. */
const readAs = (node: Expression, fresh: ReadonlyMap<string, string>): Expression => {
  if (node._tag === 'Name') {
    const [first, ...rest] = node.path
    return { ...node, path: [fresh.get(first) ?? first, ...rest] }
  }
  return mapChildren(node, (part, names) => {
    const left = new Map([...fresh].filter(([name]) => !names.includes(name)))
    return left.size === 0 ? part : readAs(part, left)
  })
}

/** What a SELECT demands of single columns, as far as it can be read off: lets a look into the catalogue skip what cannot match. */
import type { Expression, TableReference } from '../sql/SyntaxTree.ts'

/** By column, as it is written: the only texts it may hold. A column that is not there may hold anything. */
export type Restrictions = ReadonlyMap<string, ReadonlySet<string>>

/** The key of a column under the name its query gives it: `T.C`, or `C` alone. */
export const restrictionKey = (path: ReadonlyArray<string>): string => path.join('\0')

/**
 * What WHERE demands, carried over to the columns that it or a join sets equal, and what the conditions of inner joins demand of their own
 * columns. (Those are not carried over: an outer join around them may keep rows they know nothing of.)
 */
export const restrictions = (where: Expression | undefined, from: TableReference): Restrictions => {
  const joins = joinConditions(from)
  const conditions = where === undefined ? [] : [where]
  const equalities = [...conditions, ...joins.inner, ...joins.outer].flatMap(equalColumns)
  return [carriedOver(conditions.map(demands).reduce(both, none), equalities), ...joins.inner.map(demands)].reduce(both)
}

/** What is known of one table's columns, whichever way they are written. */
export const restrictionsOf = (all: Restrictions, qualifiers: ReadonlyArray<ReadonlyArray<string>>): Restrictions => {
  const own = qualifiers.map(qualifier => {
    const prefix = qualifier.length === 0 ? '' : `${restrictionKey(qualifier)}\0`
    const entries = Array.from(all).filter(
      ([key]) => key.startsWith(prefix) && !key.slice(prefix.length).includes('\0')
    )
    return new Map(entries.map(([key, values]) => [key.slice(prefix.length), values]))
  })
  return own.reduce<Restrictions>(both, none)
}

const none: Restrictions = new Map()

const demands = (condition: Expression): Restrictions => {
  if (condition.kind === 'binary' && condition.operator === 'AND')
    return both(demands(condition.left), demands(condition.right))
  if (condition.kind === 'binary' && condition.operator === 'OR')
    return either(demands(condition.left), demands(condition.right))
  if (condition.kind === 'binary' && condition.operator === '=')
    return equal(condition.left, [condition.right]) ?? equal(condition.right, [condition.left]) ?? none
  if (condition.kind === 'inList' && !condition.negated) return equal(condition.operand, condition.list) ?? none
  return none
}

const equal = (column: Expression, values: ReadonlyArray<Expression>): Restrictions | undefined => {
  const texts = values.flatMap(value => (value.kind === 'literal' && value.type === 'text' ? [value.text] : []))
  if (column.kind !== 'column' || texts.length < values.length) return undefined
  return new Map([[restrictionKey(column.path), new Set(texts)]])
}

const both = (a: Restrictions, b: Restrictions): Restrictions => {
  const merged = new Map(a)
  for (const [column, values] of b) {
    const known = a.get(column)
    merged.set(column, known === undefined ? values : new Set([...known].filter(value => values.has(value))))
  }
  return merged
}

const either = (a: Restrictions, b: Restrictions): Restrictions => {
  const merged = new Map<string, ReadonlySet<string>>()
  for (const [column, values] of a) {
    const other = b.get(column)
    if (other !== undefined) merged.set(column, new Set([...values, ...other]))
  }
  return merged
}

interface JoinConditions {
  readonly inner: ReadonlyArray<Expression>
  readonly outer: ReadonlyArray<Expression>
}

/** The condition of an outer join demands nothing of the rows it keeps anyway, but still says what belongs together. */
const joinConditions = (from: TableReference): JoinConditions => {
  if (from.kind !== 'join') return { inner: [], outer: [] }
  const [left, right] = [joinConditions(from.left), joinConditions(from.right)]
  const own = from.on === undefined ? [] : [from.on]
  const isInner = from.type === 'INNER' || from.type === 'CROSS'
  return {
    inner: [...left.inner, ...right.inner, ...(isInner ? own : [])],
    outer: [...left.outer, ...right.outer, ...(isInner ? [] : own)]
  }
}

type Equality = readonly [string, string]

const equalColumns = (condition: Expression): ReadonlyArray<Equality> => {
  if (condition.kind !== 'binary') return []
  if (condition.operator === 'AND') return [...equalColumns(condition.left), ...equalColumns(condition.right)]
  const { left, right } = condition
  if (condition.operator !== '=' || left.kind !== 'column' || right.kind !== 'column') return []
  return [[restrictionKey(left.path), restrictionKey(right.path)]]
}

const carriedOver = (known: Restrictions, equalities: ReadonlyArray<Equality>): Restrictions => {
  const carried = new Map(known)
  // Each pass carries at least one step further along a chain of equal columns.
  equalities.forEach(() => {
    for (const [a, b] of equalities) {
      const values = carried.get(a) ?? carried.get(b)
      if (values === undefined) continue
      if (!carried.has(a)) carried.set(a, values)
      if (!carried.has(b)) carried.set(b, values)
    }
  })
  return carried
}

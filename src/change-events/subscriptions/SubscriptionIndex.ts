/**
 * Finds the rules that a change may concern, without asking all of them.
 *
 * A filter is taken apart into alternatives (`toDisjunction`). An alternative that fixes a field to one value is filed under that field and value; a change is looked up by
 * the values its images have there. A rule with an alternative that fixes nothing is asked about every change of its schemas.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Expression } from '../expression/Expression.ts'
import { toDisjunction } from '../expression/normalForms.ts'
import type { PathRange } from '../expression/rangesOf.ts'
import { fixedValue, indexKey, rangesOf, valueAtPath } from '../expression/rangesOf.ts'
import type { Value } from '../expression/values/Value.ts'
import { elementsOf, isArray, isPlainObject, isSet } from '../expression/values/Value.ts'
import type { ObjectChange, ObjectImage } from '../ObjectChange.ts'
import type { RegisteredSubscription } from './Subscription.ts'

type Rule = RegisteredSubscription

/** Where one alternative is filed: a field, or the elements of a collection, and the value there. */
interface Key {
  readonly field: Pick<PathRange, 'path' | 'element'>
  readonly value: string
}

/** The rules filed under one field, by value. */
interface FieldIndex {
  readonly field: Key['field']
  readonly byValue: Map<string, Set<Rule>>
  /** In how many places a rule is filed here. */
  readonly rules: Map<Rule, number>
}

/** The rules of one schema. */
interface Shelf {
  readonly unfiled: Set<Rule>
  readonly fields: Map<string, FieldIndex>
}

export interface SubscriptionIndex {
  readonly size: () => number
  /** Files a rule, in place of the one with the same key. */
  readonly add: (rule: Rule) => void
  readonly remove: (key: string) => boolean
  /** The rules that the change may match, each once, in the order in which they were filed: all that match are among them. */
  readonly candidates: (change: Pick<ObjectChange, 'schema' | 'operation' | 'before' | 'after'>) => ReadonlyArray<Rule>
}

/** Under this name stand the rules for every schema: no schema has an empty name. */
const everySchema = ''

/**
 * Most schemas, and most places all together, that a rule is filed under one by one; and most places of all rules. A rule beyond that is asked about every change: rules from
 * strangers shall not fill the memory.
 */
const [maxSchemas, maxPlaces, maxAllPlaces] = [10, 100, 250_000]

export const createSubscriptionIndex = (): SubscriptionIndex => {
  const shelves = new Map<string, Shelf>()
  const rules = new Map<
    string,
    { readonly rule: Rule; readonly order: number; readonly keys: ReadonlyArray<Key> | undefined }
  >()
  const orderOf = new Map<Rule, number>()
  let filed = 0
  let places = 0

  const shelfOf = (schema: string): Shelf => {
    const found = shelves.get(schema) ?? { unfiled: new Set(), fields: new Map() }
    shelves.set(schema, found)
    return found
  }
  const schemasOf = ({ schemas }: Rule): ReadonlyArray<string> =>
    schemas === undefined || schemas.size > maxSchemas ? [everySchema] : [...schemas]
  const placesOf = (rule: Rule, keys: ReadonlyArray<Key> | undefined): number =>
    keys === undefined ? 0 : keys.length * schemasOf(rule).length
  /** Where to file a rule, if there is room. */
  const roomFor = (rule: Rule): ReadonlyArray<Key> | undefined => {
    const keys = keysOf(rule, Math.floor(maxPlaces / Math.max(1, schemasOf(rule).length)))
    return places + placesOf(rule, keys) > maxAllPlaces ? undefined : keys
  }

  const remove = (key: string): boolean => {
    const entry = rules.get(key)
    if (entry === undefined) return false
    rules.delete(key)
    orderOf.delete(entry.rule)
    places -= placesOf(entry.rule, entry.keys)
    for (const schema of schemasOf(entry.rule)) {
      const shelf = shelfOf(schema)
      if (entry.keys === undefined) shelf.unfiled.delete(entry.rule)
      else for (const each of entry.keys) unfile(shelf, each, entry.rule)
      if (shelf.unfiled.size === 0 && shelf.fields.size === 0) shelves.delete(schema)
    }
    return true
  }

  return {
    size: () => rules.size,
    add: rule => {
      remove(rule.key)
      filed += 1
      const keys = roomFor(rule)
      places += placesOf(rule, keys)
      rules.set(rule.key, { rule, order: filed, keys })
      orderOf.set(rule, filed)
      for (const schema of schemasOf(rule)) {
        const shelf = shelfOf(schema)
        if (keys === undefined) shelf.unfiled.add(rule)
        else for (const key of keys) file(shelf, key, rule)
      }
    },
    remove,
    candidates: ({ schema, operation, before, after }) => {
      const found = new Set<Rule>()
      for (const name of [schema, everySchema]) {
        const shelf = shelves.get(name)
        if (shelf === undefined) continue
        for (const rule of shelf.unfiled) found.add(rule)
        for (const index of shelf.fields.values())
          for (const image of [before, after]) if (image !== undefined) lookUp(index, image, found)
      }
      return [...found]
        .filter(({ schemas, operations }) => schemas?.has(schema) !== false && operations?.has(operation) !== false)
        .sort((a, b) => (orderOf.get(a) ?? 0) - (orderOf.get(b) ?? 0))
    }
  }
}

const nameOf = ({ path, element }: Key['field']): string => JSON.stringify([path, element])

const file = ({ fields }: Shelf, { field, value }: Key, rule: Rule): void => {
  const name = nameOf(field)
  const index: FieldIndex = fields.get(name) ?? { field, byValue: new Map(), rules: new Map() }
  fields.set(name, index)
  const under = index.byValue.get(value) ?? new Set()
  index.byValue.set(value, under.add(rule))
  index.rules.set(rule, (index.rules.get(rule) ?? 0) + 1)
}

const unfile = ({ fields }: Shelf, { field, value }: Key, rule: Rule): void => {
  const index = fields.get(nameOf(field))
  if (index === undefined) return
  const under = index.byValue.get(value)
  under?.delete(rule)
  if (under?.size === 0) index.byValue.delete(value)
  index.rules.delete(rule)
  if (index.byValue.size === 0) fields.delete(nameOf(field))
}

const lookUp = ({ field, byValue, rules }: FieldIndex, image: ObjectImage, found: Set<Rule>): void => {
  const values = valuesAt(field, image)
  // The field cannot be read here. The filter may say so, which has to be reported, or may not come by it.
  const under = values === undefined ? [rules.keys()] : values.map(value => byValue.get(indexKey(value)) ?? [])
  for (const each of under) for (const rule of each) found.add(rule)
}

/** The values that the image has at a field; undefined where it has none that can be read. */
const valuesAt = ({ path, element }: Key['field'], image: ObjectImage): ReadonlyArray<Value> | undefined => {
  const value = valueAtPath(image, path)
  if (value === undefined || element === undefined) return value === undefined ? undefined : [value]
  if (isArray(value) || isSet(value)) return membersOf(elementsOf(value), element)
  return isPlainObject(value) ? membersOf(Object.values(value), element) : undefined
}

const membersOf = (
  elements: ReadonlyArray<Value>,
  members: ReadonlyArray<string>
): ReadonlyArray<Value> | undefined => {
  const read = elements.map(element => valueAtPath({ element }, ['element', ...members]))
  return read.every(value => value !== undefined) ? read : undefined
}

/** Where to file a rule; undefined where some alternative can be filed nowhere, or there are too many. */
const keysOf = ({ filter }: Rule, maxAlternatives: number): ReadonlyArray<Key> | undefined => {
  if (filter === undefined) return undefined
  const branches = toDisjunction(filter.expression, { maxBranches: maxAlternatives })
  if (E.isLeft(branches)) return undefined
  const keys = branches.right.map(keyOf)
  return keys.every(key => key !== undefined) ? keys : undefined
}

/** The most telling field that an alternative fixes: the id, or else the first. */
const keyOf = (branch: Expression): Key | undefined => {
  const keys = [...rangesOf(branch), ...membershipsOf(branch)].flatMap((range): ReadonlyArray<Key> => {
    const value = fixedValue(range)
    const { path, element } = range
    return value === undefined
      ? []
      : [{ field: element === undefined ? { path } : { path, element }, value: indexKey(value) }]
  })
  return keys.find(({ field }) => field.path.join() === 'id') ?? keys[0]
}

/** `'x' in tags`: some element is `'x'`. */
const membershipsOf = (branch: Expression): ReadonlyArray<PathRange> => {
  const terms = branch._tag === 'Logical' && branch.operator === '&&' ? branch.terms : [branch]
  return terms.flatMap((term): ReadonlyArray<PathRange> => {
    if (term._tag !== 'Binary' || term.operator !== 'in') return []
    const { left, right } = term
    if (left._tag !== 'Constant' || right._tag !== 'Name') return []
    const bound = { value: left.value, inclusive: true }
    return [{ path: right.path, element: [], lower: bound, upper: bound }]
  })
}

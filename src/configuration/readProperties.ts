/** Raw properties into typed values: all faults at once, no value repeated. */
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import type { Secret } from '../Secret.ts'
import { createSecret } from '../Secret.ts'
import type { PropertyDefinition, PropertyKey } from './properties.ts'
import { prefixes, properties } from './properties.ts'

/** Properties as they come: texts from an environment, also numbers and booleans from a file. */
export type RawProperties = Readonly<Record<string, unknown>>

/** Reads single properties, and gathers what is wrong. Each getter answers the value or the default; undefined where there is neither, or it is faulty. */
export interface PropertyReader {
  readonly boolean: (key: PropertyKey) => boolean | undefined
  readonly number: (key: PropertyKey) => number | undefined
  readonly text: (key: PropertyKey) => string | undefined
  readonly secret: (key: PropertyKey) => Secret | undefined
  readonly list: (key: PropertyKey) => ReadonlyArray<string>
  /** The name under which a property was given, or its usual one: for faults. */
  readonly nameOf: (key: PropertyKey) => string
  readonly faults: Array<Fault>
}

const given = (raw: RawProperties, { name, aliases }: PropertyDefinition): ReadonlyArray<readonly [string, unknown]> =>
  [name, ...aliases].flatMap(each => {
    const value = raw[each]
    return value === undefined || value === null || value === '' ? [] : [[each, value] as const]
  })

export const createPropertyReader = (raw: RawProperties): PropertyReader => {
  const faults: Array<Fault> = []

  /** What a property that holds says, once; its faults are noted on the first look. */
  const values = new Map(
    Object.entries(properties).map(([key, definition]) => {
      const found = given(raw, definition)
      const [first] = found
      if (first === undefined) return [key, definition.default]
      const others = found.map(([name]) => name).filter(name => name !== definition.name)
      const [value, ...rest] = found.map(([, each]) => read(definition, each))
      if (rest.some(each => JSON.stringify(each) !== JSON.stringify(value)))
        return [
          key,
          void faults.push(fault(definition.name, `must not differ from ${others.join(', ')}: give it once`))
        ]
      if (value !== undefined) return [key, value]
      return [key, void faults.push(fault(first[0], ruleOf(definition)))]
    }) as ReadonlyArray<readonly [string, string | ReadonlyArray<string> | undefined]>
  )
  const map =
    <A>(parse: (text: string) => A) =>
    (key: PropertyKey): A | undefined => {
      const text = values.get(key)
      return typeof text === 'string' ? parse(text) : undefined
    }
  const list = (key: PropertyKey): ReadonlyArray<string> => {
    const value = values.get(key) ?? []
    return typeof value === 'string' ? items(value) : value
  }
  return {
    boolean: map(text => text.toLowerCase() === 'true'),
    number: map(Number),
    text: map(text => text),
    secret: map(createSecret),
    list,
    nameOf: key => given(raw, properties[key])[0]?.[0] ?? properties[key].name,
    faults
  }
}

/** A value as text; undefined where it is none that a property can have. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : undefined

/** What a value says for a property; undefined where it breaks the property's rule. An entry of a list that says nothing breaks it too: what must not be touched must not be left out in silence. */
const read = (definition: PropertyDefinition, value: unknown): string | ReadonlyArray<string> | undefined => {
  if (definition.kind !== 'list') {
    const text = textOf(value)
    return text !== undefined && holds(definition, text) ? text : undefined
  }
  const text = textOf(value)
  const entries = Array.isArray(value) ? value.map(textOf) : text === undefined ? [undefined] : items(text)
  return entries.every(entry => entry !== undefined && entry !== '' && canMatch(definition, entry))
    ? (entries as ReadonlyArray<string>)
    : undefined
}

/** An entry with fewer parts than the names that it is held against matches none of them. `*` stands for any text, dots included. */
const canMatch = ({ parts = 1 }: PropertyDefinition, entry: string): boolean =>
  entry.includes('*') || entry.split('.').length >= parts

const items = (text: string): ReadonlyArray<string> =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')

const holds = ({ kind, minimum = 0 }: PropertyDefinition, text: string): boolean => {
  if (kind === 'boolean') return /^(?:true|false)$/i.test(text)
  if (kind === 'number') return /^\d{1,15}$/.test(text) && Number(text) >= minimum
  return text !== ''
}

const rules: { readonly [K in PropertyDefinition['kind']]: string } = {
  boolean: 'must be true or false',
  number: 'must be a whole number',
  text: 'must be a text',
  secret: 'must be a text',
  list: 'must be a list of names, separated by commas'
}

const ruleOf = ({ kind, minimum, parts }: PropertyDefinition): string => {
  if (parts !== undefined) return `${rules[kind]}, each like ${parts === 2 ? 'DB.SCHEMA' : 'DB.SCHEMA.TABLE'}`
  return minimum === undefined ? rules[kind] : `${rules[kind]} of at least ${minimum}`
}

/** Properties over others: what is given above, under whichever of its names, counts alone. */
export const overlaid = (below: RawProperties, above: RawProperties): RawProperties => {
  const hidden = new Set(
    Object.values<PropertyDefinition>(properties)
      .filter(definition => given(above, definition).length > 0)
      .flatMap(({ name, aliases }) => [name, ...aliases])
  )
  const isGiven = ([, value]: readonly [string, unknown]) => value !== ''
  return Object.fromEntries([
    ...Object.entries(below).filter(([name]) => !hidden.has(name)),
    ...Object.entries(above).filter(isGiven)
  ])
}

/** A warning for each name under our prefixes that nobody reads. */
export const unknownProperties = (raw: RawProperties): ReadonlyArray<Fault> => {
  const known = new Set(
    Object.values<PropertyDefinition>(properties).flatMap(({ name, aliases }) => [name, ...aliases])
  )
  return Object.keys(raw)
    .filter(name => prefixes.some(prefix => name.startsWith(prefix)) && !known.has(name))
    .map(name => fault(name, 'is not used by on-demand-sync'))
}

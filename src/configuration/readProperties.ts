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

  /** The text of a property that holds, once; its faults are noted on the first look. */
  const texts = new Map(
    Object.entries(properties).map(([key, definition]) => {
      const found = given(raw, definition)
      const [first] = found
      if (first === undefined) return [key, definition.default]
      const others = found.map(([name]) => name).filter(name => name !== definition.name)
      if (found.some(([, value]) => textOf(value) !== textOf(first[1])))
        return [
          key,
          void faults.push(fault(definition.name, `must not differ from ${others.join(', ')}: give it once`))
        ]
      const text = textOf(first[1])
      if (text !== undefined && holds(definition, text)) return [key, text]
      return [key, void faults.push(fault(first[0], ruleOf(definition)))]
    }) as ReadonlyArray<readonly [string, string | undefined]>
  )
  const map =
    <A>(parse: (text: string) => A) =>
    (key: PropertyKey): A | undefined => {
      const text = texts.get(key)
      return text === undefined ? undefined : parse(text)
    }
  const list = map(items)
  return {
    boolean: map(text => text.toLowerCase() === 'true'),
    number: map(Number),
    text: map(text => text),
    secret: map(createSecret),
    list: key => list(key) ?? [],
    nameOf: key => given(raw, properties[key])[0]?.[0] ?? properties[key].name,
    faults
  }
}

/** A value as text; undefined where it is none that a property can have. */
const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.map(textOf).join(',')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : undefined
}

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

const ruleOf = ({ kind, minimum }: PropertyDefinition): string =>
  minimum === undefined ? rules[kind] : `${rules[kind]} of at least ${minimum}`

/** A warning for each name under our prefixes that nobody reads. */
export const unknownProperties = (raw: RawProperties): ReadonlyArray<Fault> => {
  const known = new Set(
    Object.values<PropertyDefinition>(properties).flatMap(({ name, aliases }) => [name, ...aliases])
  )
  return Object.keys(raw)
    .filter(name => prefixes.some(prefix => name.startsWith(prefix)) && !known.has(name))
    .map(name => fault(name, 'is not used by on-demand-sync'))
}

/** JSON Schema (draft 2020-12) out of io-ts codecs, so that the published schema and the running check are one thing. */
import * as t from 'io-ts'

/** A JSON Schema, by keyword. */
export type JsonSchema = { readonly [keyword: string]: unknown }

const notes = new WeakMap<t.Mixed, JsonSchema>()

/** Gives a codec keywords that io-ts cannot know: lengths, patterns, descriptions. They win over the derived ones. */
export const withSchema = <C extends t.Mixed>(codec: C, schema: JsonSchema): C => {
  notes.set(codec, schema)
  return codec
}

/** A string codec with a rule of its own; `rule` is both the fault's wording and the schema's description. */
export const stringWith = (
  name: string,
  rule: string,
  holds: (s: string) => boolean,
  schema: JsonSchema
): t.Type<string> =>
  withSchema(
    new t.Type<string>(
      name,
      (u): u is string => typeof u === 'string' && holds(u),
      (u, context) => (typeof u === 'string' && holds(u) ? t.success(u) : t.failure(u, context, rule)),
      t.identity
    ),
    { type: 'string', description: rule, ...schema }
  )

/** A list with at least one element. */
export const nonEmptyArray = <A>(element: t.Type<A>, rule: string): t.Type<ReadonlyArray<A>> => {
  const list = t.readonlyArray(element)
  const holds = (u: unknown): u is ReadonlyArray<A> => list.is(u) && u.length > 0
  const codec = new t.Type<ReadonlyArray<A>>(
    list.name,
    holds,
    (u, context) => (Array.isArray(u) && u.length === 0 ? t.failure(u, context, rule) : list.validate(u, context)),
    t.identity
  )
  return withSchema(codec, { ...jsonSchemaOf(list), minItems: 1 })
}

/** The schema of a codec. Throws on a codec kind it does not know: a schema with a hole in it would promise too much. */
export const jsonSchemaOf = (codec: t.Mixed): JsonSchema => ({ ...derive(codec), ...notes.get(codec) })

const derive = (codec: t.Mixed): JsonSchema => {
  if (codec instanceof t.StringType) return { type: 'string' }
  if (codec instanceof t.NumberType) return { type: 'number' }
  if (codec instanceof t.BooleanType) return { type: 'boolean' }
  if (codec instanceof t.NullType) return { type: 'null' }
  if (codec instanceof t.LiteralType) return { const: (codec as t.LiteralC<string>).value }
  if (codec instanceof t.KeyofType) return { enum: Object.keys((codec as t.KeyofC<Record<string, unknown>>).keys) }
  if (codec instanceof t.UnionType) return { anyOf: (codec as t.UnionC<[t.Mixed, t.Mixed]>).types.map(jsonSchemaOf) }
  if (codec instanceof t.ExactType)
    return { ...jsonSchemaOf((codec as t.ExactC<t.HasProps>).type), unevaluatedProperties: false }
  if (codec instanceof t.IntersectionType) return mergeObjects((codec as t.IntersectionC<[t.Mixed, t.Mixed]>).types)
  if (codec instanceof t.InterfaceType) return objectOf((codec as t.TypeC<t.Props>).props, true)
  if (codec instanceof t.PartialType) return objectOf((codec as t.PartialC<t.Props>).props, false)
  if (codec instanceof t.ReadonlyArrayType || codec instanceof t.ArrayType)
    return { type: 'array', items: jsonSchemaOf((codec as t.ArrayC<t.Mixed>).type) }
  if (notes.has(codec)) return {}
  throw new TypeError(`no JSON Schema for codec ${codec.name}`)
}

const objectOf = (props: t.Props, required: boolean): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(props).map(([key, codec]) => [key, jsonSchemaOf(codec)])),
  ...(required ? { required: Object.keys(props) } : {})
})

/** Parts of one object, written as one object: editors complete such a schema, an `allOf` they often do not. */
const mergeObjects = (types: ReadonlyArray<t.Mixed>): JsonSchema => {
  const parts = types.map(jsonSchemaOf)
  const field = (key: string) => parts.flatMap(part => Object.entries((part[key] as object | undefined) ?? {}))
  return {
    type: 'object',
    properties: Object.fromEntries(field('properties')),
    required: parts.flatMap(part => (part['required'] as ReadonlyArray<string> | undefined) ?? [])
  }
}

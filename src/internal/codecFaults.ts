/** What is wrong with a value, against a codec: readable paths, the codec's own rules, unknown fields, and never the value. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { isObject } from './objects.ts'

/** A path into a value, and the rule broken there. */
export interface CodecFault {
  readonly path: ReadonlyArray<string | number>
  readonly rule: string
}

/** All faults. Empty when the codec accepts the value and knows all its fields. */
export const codecFaults = (codec: t.Mixed, value: unknown): ReadonlyArray<CodecFault> => {
  const decoded = codec.decode(value)
  const broken = E.isRight(decoded) ? [] : decoded.left.map(toFault)
  return firstPerPath([...broken, ...unknownFields(codec, value, [])])
}

const firstPerPath = (faults: ReadonlyArray<CodecFault>): ReadonlyArray<CodecFault> =>
  [...new Map([...faults].reverse().map(fault => [JSON.stringify(fault.path), fault])).values()].reverse()

const toFault = ({ context, message }: t.ValidationError): CodecFault => ({
  path: pathOf(context),
  rule: message ?? ruleOf(context.at(-1)?.type)
})

/** In words: the name of a codec without a rule of its own is a type of TypeScript, and says nothing to whoever writes the file. */
const ruleOf = (codec: t.Decoder<unknown, unknown> | undefined): string => {
  if (codec === undefined) return 'must be as documented'
  if (codec instanceof t.StringType) return 'must be text'
  if (codec instanceof t.BooleanType) return 'must be true or false'
  if (codec instanceof t.ReadonlyArrayType || codec instanceof t.ArrayType) return 'must be a list'
  const props = propsOf(codec)
  return props === undefined
    ? `must be ${codec.name}`
    : `must be an object; known fields are ${Object.keys(props).join(', ')}`
}

/** io-ts puts members of unions and intersections into the path; only keys of objects and lists belong to the reader's view. */
const pathOf = (context: t.Context): ReadonlyArray<string | number> =>
  context
    .slice(1)
    .filter((_, index) => !isChoice(context[index]?.type))
    .map(({ key }) => (/^\d+$/.test(key) ? Number(key) : key))

const isChoice = (codec: t.Decoder<unknown, unknown> | undefined): boolean => {
  const inner = codec instanceof t.ExactType ? (codec as t.ExactC<t.HasProps>).type : codec
  return inner instanceof t.UnionType || inner instanceof t.IntersectionType
}

/** Fields of exact objects that the codec does not name: most often a misspelt one, which would otherwise be left out in silence. */
const unknownFields = (
  codec: t.Mixed,
  value: unknown,
  path: ReadonlyArray<string | number>
): ReadonlyArray<CodecFault> => {
  if ((codec instanceof t.ReadonlyArrayType || codec instanceof t.ArrayType) && Array.isArray(value))
    return value.flatMap((item, index) => unknownFields((codec as t.ArrayC<t.Mixed>).type, item, [...path, index]))
  const props = propsOf(codec)
  if (props === undefined || !isObject(value)) return []
  const known = Object.keys(props)
  return Object.entries(value).flatMap(([key, field]) => {
    const inner = props[key]
    if (inner !== undefined) return unknownFields(inner, field, [...path, key])
    return codec instanceof t.ExactType
      ? [{ path: [...path, key], rule: `is not a known field; known are ${known.join(', ')}` }]
      : []
  })
}

const propsOf = (codec: t.Decoder<unknown, unknown>): t.Props | undefined => {
  if (codec instanceof t.ExactType) return propsOf((codec as t.ExactC<t.HasProps>).type)
  if (codec instanceof t.InterfaceType || codec instanceof t.PartialType) return (codec as t.TypeC<t.Props>).props
  if (codec instanceof t.IntersectionType)
    return Object.assign(
      {},
      ...(codec as t.IntersectionC<[t.Mixed, t.Mixed]>).types.map(type => propsOf(type) ?? {})
    ) as t.Props
  return undefined
}

/**
 * Reads JSON from outside, field by field, and lists every fault with its path and never its value. What is absent gets its default; what is there and of the wrong kind is a fault,
 * for a policy that is read without one of its parts would let somebody in. A field that is `null` is absent, as it is to
 * Ranger, but where `requireFields` says otherwise; a `null` in a list is a fault.
 */
import type { Fault } from '../../../Fault.ts'
import { fault, joinPath } from '../../../Fault.ts'
import { isObject, ownField } from '../../../internal/objects.ts'

/** Where a value stands: a text, or the place around it and the part of it. Put into words only where there is a fault. */
export type Place = string | { readonly around: Place; readonly part: string | number }

/** A value, where it stands, and where faults go. */
export interface Json {
  readonly value: unknown
  readonly place: Place
  readonly faults: Array<Fault>
}

/** A place in words. */
export const pathOf = (place: Place): string =>
  typeof place === 'string' ? place : joinPath(pathOf(place.around), place.part)

/** The whole of an input. */
export const jsonOf = (value: unknown, faults: Array<Fault>): Json => ({ value, place: '', faults })

/** One field; undefined in it where there is no such field. */
export const field = (json: Json, key: string): Json => ({
  value: isObject(json.value) ? (ownField(json.value, key) ?? undefined) : undefined,
  place: { around: json.place, part: key },
  faults: json.faults
})

/** One element of a list. */
export const element = (json: Json, index: number): Json => ({
  value: Array.isArray(json.value) ? (json.value[index] as unknown) : undefined,
  place: { around: json.place, part: index },
  faults: json.faults
})

/** Notes a fault. */
export const refuse = ({ place, faults }: Json, rule: string): void => void faults.push(fault(pathOf(place), rule))

/** True for an object; a fault otherwise, absent or not. */
export const isRecord = (json: Json): boolean => {
  if (isObject(json.value)) return true
  refuse(json, 'must be an object')
  return false
}

/** What a reader of Ranger's own passes over without a word, and this one refuses. */
export const passedOver = {
  unknownField:
    'must not be there: Ranger has no such field here, and a field that is not understood may take access away',
  nullField: 'must not be null: leave the field out where it says nothing'
} as const

/**
 * Notes a fault for each field that is none of these, and for each of those in `read` that is null: a field under a wrong name is one that is not read, and what is not read may have been a denial.
 * `others` are fields that have no bearing on access.
 */
export const requireFields = (json: Json, read: ReadonlySet<string>, others: ReadonlySet<string> = noFields): void => {
  if (!isObject(json.value)) return
  for (const key of Object.keys(json.value)) {
    if (read.has(key)) {
      if (ownField(json.value, key) === null) refuse(field(json, key), passedOver.nullField)
    } else if (!others.has(key)) refuse(field(json, key), passedOver.unknownField)
  }
}

const noFields: ReadonlySet<string> = new Set()

/** A text, or the default where it is absent. */
export const text = (json: Json, absent = ''): string => {
  if (typeof json.value === 'string') return json.value
  if (json.value !== undefined) refuse(json, 'must be a text')
  return absent
}

/** A text that must be there and say something. */
export const requiredText = (json: Json): string => {
  if (typeof json.value === 'string' && json.value !== '') return json.value
  refuse(json, 'must be a non-empty text')
  return ''
}

/** A text that may be absent or null. */
export const optionalText = (json: Json): string | undefined => {
  if (json.value === undefined || json.value === null) return undefined
  return text(json)
}

/** True or false, also as a text, as Ranger reads it. */
export const flag = (json: Json, absent: boolean): boolean => {
  const { value } = json
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : undefined
  if (word === 'true' || word === 'false') return word === 'true'
  if (value !== undefined) refuse(json, 'must be true or false')
  return absent
}

/** A whole number, also as a text, as Ranger reads it. */
export const whole = (json: Json, absent: number): number => {
  const { value } = json
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  if (value !== undefined) refuse(json, 'must be a whole number')
  return absent
}

/** A list, empty where it is absent. */
export const list = <A>(json: Json, read: (item: Json, index: number) => A): ReadonlyArray<A> => {
  if (json.value === undefined) return []
  if (!Array.isArray(json.value)) {
    refuse(json, 'must be a list')
    return []
  }
  const { place, faults } = json
  // A list may have holes, which `map` would leave in.
  return Array.from(json.value, (value: unknown, index) =>
    read({ value, place: { around: place, part: index }, faults }, index)
  )
}

/** A list of texts. */
export const texts = (json: Json): ReadonlyArray<string> =>
  list(json, item => {
    if (item.value === undefined || item.value === null) refuse(item, passedOver.nullField)
    return item.value === null ? undefined : text(item)
  }).filter(value => value !== undefined)

/** An object's fields, none where it is absent. A map, so that no name in it can be mistaken for anything else. */
export const entries = <A>(json: Json, read: (item: Json, key: string) => A): ReadonlyMap<string, A> => {
  if (json.value === undefined || !isRecord(json)) return new Map()
  const { value } = json
  return new Map(
    Object.keys(value as object).map(key => {
      const item = field(json, key)
      if (item.value === undefined) refuse(item, passedOver.nullField)
      return [key, read(item, key)]
    })
  )
}

/** Settings: texts, or what is written as one without loss. A null says nothing. */
export const settings = (json: Json): ReadonlyMap<string, string> => {
  if (json.value === undefined || !isRecord(json)) return new Map()
  return new Map(
    Object.keys(json.value as object).flatMap((key): ReadonlyArray<readonly [string, string]> => {
      const item = field(json, key)
      const { value } = item
      if (value === undefined) return []
      return [[key, typeof value === 'boolean' || typeof value === 'number' ? String(value) : text(item)]]
    })
  )
}

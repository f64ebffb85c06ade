/**
 * What expressions compute with. Every JSON value is one already, read as it stands; what JSON lacks has a constructor here.
 * Tagged values carry their tag under a symbol: no JSON a stranger sends can pass for one.
 */

/** The key of the tag. A registered symbol, so that the ESM and the CJS copy of this package know each other's values. */
export const kind: unique symbol = Symbol.for('on-demand-sync.expression.kind')

/** A binary64 number with an integer value (`1.0`, `-0.0`, `1e300`), which a JavaScript number alone could not tell from an integer. */
export interface Float {
  readonly [kind]: 'float'
  readonly value: number
}

/** `unscaled` times ten to the power of minus `scale`: `1.10` is 110 with scale 2 and differs from `1.1`. */
export interface Decimal {
  readonly [kind]: 'decimal'
  readonly unscaled: bigint
  readonly scale: number
}

/** A calendar date, as days since 1970-01-01. */
export interface LocalDate {
  readonly [kind]: 'date'
  readonly epochDay: number
}

/** A point in time: milliseconds since 1970-01-01T00:00Z, and the nanoseconds (0 to 999,999) beyond them. */
export interface Instant {
  readonly [kind]: 'datetime'
  readonly epochMs: number
  readonly nanos: number
}

/** A set, in the order in which its elements first came. */
export interface ValueSet {
  readonly [kind]: 'set'
  readonly elements: ReadonlyArray<Value>
}

/** Bytes. */
export interface Bytes {
  readonly [kind]: 'bytes'
  readonly bytes: Uint8Array
}

/** A function made by `x => …`. It can be called inside the expression that made it, and nowhere else. */
export interface Closure {
  readonly [kind]: 'lambda'
  readonly call: (args: ReadonlyArray<Value>) => Value
}

/** An object: own enumerable text keys; nothing inherited is ever read. */
export interface ValueObject {
  readonly [key: string]: Value
}

/**
 * A value of the expression language.
 *
 * **Details**: a JavaScript number that is a safe integer is a 64-bit integer, any other number is a binary64 float;
 * a bigint is an integer beyond the safe range; `Date`, `Uint8Array`, `Map` and `Set` are read as datetime, bytes, object and set
 * where a context holds them; `undefined` is null.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Decimal
  | LocalDate
  | Instant
  | Bytes
  | Closure
  | ValueSet
  | ReadonlyArray<Value>
  | ValueObject

/** The kinds of value, as faults name them. */
export type Kind =
  | 'null'
  | 'boolean'
  | 'integer'
  | 'float'
  | 'decimal'
  | 'text'
  | 'date'
  | 'datetime'
  | 'bytes'
  | 'lambda'
  | 'set'
  | 'array'
  | 'object'

type Tagged = Float | Decimal | LocalDate | Instant | Bytes | Closure | ValueSet

const tagOf = (value: object): Tagged[typeof kind] | undefined => (value as Partial<Tagged>)[kind]

/** The kind of a value. */
export const kindOf = (value: Value): Kind => {
  if (typeof value === 'string') return 'text'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'bigint') return 'integer'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'float'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : (tagOf(value) ?? 'object')
}

export const isText = (value: Value): value is string => typeof value === 'string'
export const isArray = (value: Value): value is ReadonlyArray<Value> => Array.isArray(value)
export const isSet = (value: Value): value is ValueSet => isTagged(value, 'set')
export const isDate = (value: Value): value is LocalDate => isTagged(value, 'date')
export const isInstant = (value: Value): value is Instant => isTagged(value, 'datetime')
export const isDecimal = (value: Value): value is Decimal => isTagged(value, 'decimal')
export const isBytes = (value: Value): value is Bytes => isTagged(value, 'bytes')
export const isClosure = (value: Value): value is Closure => isTagged(value, 'lambda')
export const isPlainObject = (value: Value): value is ValueObject => kindOf(value) === 'object'
export const isInteger = (value: Value): value is number | bigint =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))
export const isFloat = (value: Value): value is number | Float =>
  (typeof value === 'number' && !Number.isSafeInteger(value)) || isTagged(value, 'float')

const isTagged = (value: Value, tag: Tagged[typeof kind]): boolean =>
  typeof value === 'object' && value !== null && tagOf(value) === tag

/** The elements of an array or a set. */
export const elementsOf = (value: ReadonlyArray<Value> | ValueSet): ReadonlyArray<Value> =>
  isSet(value) ? value.elements : value

const wrap = (value: bigint): number | bigint => {
  const wrapped = BigInt.asIntN(64, value)
  const small = Number(wrapped)
  return Number.isSafeInteger(small) ? small : wrapped
}

/** An integer, wrapped around to 64 bits. */
export const integer = (value: number | bigint): number | bigint => {
  if (typeof value === 'bigint') return wrap(value)
  return Number.isSafeInteger(value) ? value : wrap(BigInt(value))
}

/** A binary64 number, also where its value is an integer. */
export const float = (value: number): number | Float =>
  Number.isSafeInteger(value) ? { [kind]: 'float', value } : value

export const decimal = (unscaled: bigint, scale: number): Decimal => ({ [kind]: 'decimal', unscaled, scale })
export const date = (epochDay: number): LocalDate => ({ [kind]: 'date', epochDay })
export const instant = (epochMs: number, nanos = 0): Instant => ({ [kind]: 'datetime', epochMs, nanos })
export const bytes = (content: Uint8Array): Bytes => ({ [kind]: 'bytes', bytes: content })
export const closure = (call: Closure['call']): Closure => ({ [kind]: 'lambda', call })

/** The integer as a bigint. */
export const toBigInt = (value: number | bigint): bigint => BigInt(value)

/** The float as a JavaScript number. */
export const toDouble = (value: number | Float): number => (typeof value === 'number' ? value : value.value)

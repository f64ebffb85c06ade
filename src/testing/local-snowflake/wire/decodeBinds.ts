/** Binds of a request as constants: one list for every row that the client bound at once, mostly one. */
import { nullLiteral } from '../sql/Literal.ts'
import type { Literal } from '../sql/Literal.ts'

interface WireBind {
  readonly type: string
  readonly value: string | null | ReadonlyArray<string | null>
}

export const decodeBinds = (bindings: unknown): ReadonlyArray<ReadonlyArray<Literal>> => {
  if (typeof bindings !== 'object' || bindings === null) return [[]]
  const wire = bindings as Readonly<Record<string, WireBind>>
  const binds = Object.keys(wire)
    .sort((a, b) => Number(a) - Number(b))
    .flatMap(key => wire[key] ?? [])
  const columns = binds.filter(({ value }) => Array.isArray(value))
  const rowCount = columns.length === 0 ? 1 : Math.max(...columns.map(({ value }) => value?.length ?? 0))
  return Array.from({ length: rowCount }, (_, row) => binds.map(bind => decode(bind, row)))
}

const decode = ({ type, value: given }: WireBind, row: number): Literal => {
  const value = typeof given === 'string' ? given : (given?.[row] ?? null)
  if (value === null) return nullLiteral
  const read = readers[type.toUpperCase()]
  return { kind: 'literal', type: read?.type ?? 'text', text: read?.text?.(value) ?? value }
}

interface BindReader {
  readonly type: Literal['type']
  /** From the wire's writing to that of a constant; undefined where the client wrote it as a text. */
  readonly text?: (value: string) => string | undefined
}

/** The last moment a Date can hold. */
const lastSecond = 8_640_000_000_000n

/** Milliseconds since 1970. */
const dateText = (value: string): string | undefined =>
  /^-?\d{1,15}$/.test(value) ? new Date(Number(value)).toISOString().slice(0, 10) : undefined

/** Nanoseconds since 1970, or since midnight; TIMESTAMP_TZ may tell its offset behind a blank. The engine holds microseconds. */
const momentText = (value: string): string | undefined => {
  const [, nanos] = /^(-?\d+)(?: \d+)?$/.exec(value) ?? []
  if (nanos === undefined) return undefined
  const micros = BigInt(nanos) / 1000n
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = (micros - fraction) / 1_000_000n
  if (seconds > lastSecond || seconds < -lastSecond) return undefined
  const moment = new Date(Number(seconds) * 1000).toISOString().replace('T', ' ').slice(0, -5)
  return `${moment}.${String(fraction).padStart(6, '0')}`
}

const withUtc = (text: string | undefined): string | undefined => (text === undefined ? undefined : `${text}+00:00`)

const readers: Readonly<Record<string, BindReader>> = {
  FIXED: { type: 'number' },
  REAL: { type: 'float' },
  BOOLEAN: { type: 'boolean', text: value => value.toLowerCase() },
  BINARY: { type: 'binary' },
  VARIANT: { type: 'variant' },
  OBJECT: { type: 'variant' },
  ARRAY: { type: 'variant' },
  DATE: { type: 'date', text: dateText },
  TIME: { type: 'time', text: value => momentText(value)?.split(' ')[1] },
  TIMESTAMP_NTZ: { type: 'timestamp', text: momentText },
  TIMESTAMP_LTZ: { type: 'timestamp_ltz', text: value => withUtc(momentText(value)) },
  TIMESTAMP_TZ: { type: 'timestamp_tz', text: value => withUtc(momentText(value)) }
}

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
  return { kind: 'literal', type: literalTypes[type] ?? 'text', text: textOf(type, value) }
}

const literalTypes: Readonly<Record<string, Literal['type']>> = {
  FIXED: 'number',
  REAL: 'number',
  BOOLEAN: 'boolean',
  VARIANT: 'variant',
  OBJECT: 'variant',
  ARRAY: 'variant',
  DATE: 'date',
  TIMESTAMP_NTZ: 'timestamp',
  TIMESTAMP_LTZ: 'timestamp',
  TIMESTAMP_TZ: 'timestamp'
}

/** Dates come as milliseconds, timestamps as nanoseconds since 1970. */
const textOf = (type: string, value: string): string => {
  if (type === 'BOOLEAN') return value.toLowerCase()
  if (type === 'DATE' && /^-?\d+$/.test(value)) return new Date(Number(value)).toISOString().slice(0, 10)
  if (type.startsWith('TIMESTAMP') && /^-?\d+$/.test(value)) {
    return new Date(Number(BigInt(value) / 1_000_000n)).toISOString().replace('T', ' ').replace('Z', '')
  }
  return value
}

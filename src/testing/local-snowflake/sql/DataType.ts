/**
 * Snowflake's data types: reading them, showing them, comparing them.
 *
 * @see https://docs.snowflake.com/en/sql-reference/intro-summary-data-types
 */
import { unsupported } from '../StatementError.ts'
import type { Cursor } from './Cursor.ts'

export type TypeName =
  | 'NUMBER'
  | 'FLOAT'
  | 'VARCHAR'
  | 'BINARY'
  | 'BOOLEAN'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP_NTZ'
  | 'TIMESTAMP_LTZ'
  | 'TIMESTAMP_TZ'
  | 'VARIANT'
  | 'OBJECT'
  | 'ARRAY'
  | 'GEOGRAPHY'
  | 'GEOMETRY'
  | 'VECTOR'

export interface DataType {
  readonly name: TypeName
  /** NUMBER only. */
  readonly precision?: number
  /** Digits after the point of NUMBER; of the second for TIME and TIMESTAMP_*. */
  readonly scale?: number
  /** Characters of VARCHAR, bytes of BINARY. */
  readonly length?: number
  /** What stands inside `VECTOR(…)`, a structured ARRAY, OBJECT or MAP, as written. */
  readonly detail?: string
}

export const maximumTextLength = 16_777_216
const maximumBinaryLength = 8_388_608

export const numberType = (precision = 38, scale = 0): DataType => ({ name: 'NUMBER', precision, scale })
export const textType = (length: number = maximumTextLength): DataType => ({ name: 'VARCHAR', length })
export const booleanType: DataType = { name: 'BOOLEAN' }
export const floatType: DataType = { name: 'FLOAT' }
export const dateType: DataType = { name: 'DATE' }
export const variantType: DataType = { name: 'VARIANT' }
export const timestampType = (name: 'TIMESTAMP_NTZ' | 'TIMESTAMP_LTZ' | 'TIMESTAMP_TZ', scale = 9): DataType => ({
  name,
  scale
})

/** As DESCRIBE TABLE shows it: `NUMBER(38,0)`, `VARCHAR(16777216)`, `TIMESTAMP_NTZ(9)`. */
export const displayType = (type: DataType): string => {
  if (type.detail !== undefined) return `${type.name}(${type.detail})`
  if (type.name === 'NUMBER') return `NUMBER(${type.precision ?? 38},${type.scale ?? 0})`
  if (type.length !== undefined) return `${type.name}(${type.length})`
  return type.scale === undefined ? type.name : `${type.name}(${type.scale})`
}

/** Whether a policy for one may stand on a column of the other: the kind counts, not the length or the precision. */
export const sameKind = (a: DataType, b: DataType): boolean => a.name === b.name

/** Whether a data type comes next: used where a type and an option may both follow. */
export const atDataType = (cursor: Cursor): boolean => cursor.peek().kind === 'word' && cursor.peek().value in readers

export const parseDataType = (cursor: Cursor): DataType => {
  const token = cursor.peek()
  const reader = token.kind === 'word' ? readers[token.value] : undefined
  if (reader === undefined) throw cursor.unexpected()
  cursor.skip()
  const type = reader(cursor)
  if (cursor.at('COLLATE')) throw unsupported('COLLATE')
  return type
}

type Reader = (cursor: Cursor) => DataType

const exactNumber: Reader = cursor => {
  if (!cursor.takeSymbol('(')) return numberType()
  const precision = cursor.integer()
  const scale = cursor.takeSymbol(',') ? cursor.integer() : 0
  cursor.expectSymbol(')')
  return numberType(precision, scale)
}

const parenthesized = (cursor: Cursor, otherwise: number): number => {
  if (!cursor.takeSymbol('(')) return otherwise
  const size = cursor.integer()
  cursor.expectSymbol(')')
  return size
}

const integer: Reader = () => numberType()
const float: Reader = cursor => {
  cursor.optional('PRECISION')
  return floatType
}
const text =
  (otherwise: number): Reader =>
  cursor => {
    const size = parenthesized(cursor, cursor.take('VARYING') ? maximumTextLength : otherwise)
    return textType(size)
  }
const binary: Reader = cursor => ({ name: 'BINARY', length: parenthesized(cursor, maximumBinaryLength) })
const plain =
  (name: TypeName): Reader =>
  () => ({ name })
const timed =
  (name: 'TIME' | 'TIMESTAMP_NTZ' | 'TIMESTAMP_LTZ' | 'TIMESTAMP_TZ'): Reader =>
  cursor => ({ name, scale: parenthesized(cursor, 9) })

const timestamp: Reader = cursor => {
  const scale = parenthesized(cursor, 9)
  if (cursor.take('WITH', 'LOCAL', 'TIME', 'ZONE')) return timestampType('TIMESTAMP_LTZ', scale)
  if (cursor.take('WITH', 'TIME', 'ZONE')) return timestampType('TIMESTAMP_TZ', scale)
  cursor.optional('WITHOUT', 'TIME', 'ZONE')
  return timestampType('TIMESTAMP_NTZ', scale)
}

/** VARIANT's relatives; a structured form keeps its inside as text, since the rows are JSON either way. */
const semiStructured =
  (name: TypeName): Reader =>
  cursor => {
    if (!cursor.atSymbol('(')) return { name }
    const from = cursor.mark() + 1
    cursor.skip()
    for (let depth = 1; depth > 0;) {
      if (cursor.peek().kind === 'end') throw cursor.unexpected()
      if (cursor.atSymbol('(')) depth += 1
      if (cursor.atSymbol(')')) depth -= 1
      cursor.skip()
    }
    const detail = cursor.textSince(from).slice(0, -1).trim()
    return { name, detail }
  }

const map: Reader = () => {
  throw unsupported('MAP data type')
}

const readers: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(['NUMBER', 'DECIMAL', 'DEC', 'NUMERIC'].map(word => [word, exactNumber])),
  ...Object.fromEntries(['INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT'].map(word => [word, integer])),
  ...Object.fromEntries(['FLOAT', 'FLOAT4', 'FLOAT8', 'DOUBLE', 'REAL'].map(word => [word, float])),
  ...Object.fromEntries(
    ['VARCHAR', 'STRING', 'TEXT', 'NVARCHAR', 'NVARCHAR2'].map(word => [word, text(maximumTextLength)])
  ),
  ...Object.fromEntries(['CHAR', 'CHARACTER', 'NCHAR'].map(word => [word, text(1)])),
  BINARY: binary,
  VARBINARY: binary,
  BOOLEAN: plain('BOOLEAN'),
  DATE: plain('DATE'),
  TIME: timed('TIME'),
  DATETIME: timed('TIMESTAMP_NTZ'),
  TIMESTAMP: timestamp,
  ...Object.fromEntries(['TIMESTAMP_NTZ', 'TIMESTAMPNTZ'].map(word => [word, timed('TIMESTAMP_NTZ')])),
  ...Object.fromEntries(['TIMESTAMP_LTZ', 'TIMESTAMPLTZ'].map(word => [word, timed('TIMESTAMP_LTZ')])),
  ...Object.fromEntries(['TIMESTAMP_TZ', 'TIMESTAMPTZ'].map(word => [word, timed('TIMESTAMP_TZ')])),
  VARIANT: plain('VARIANT'),
  OBJECT: semiStructured('OBJECT'),
  ARRAY: semiStructured('ARRAY'),
  GEOGRAPHY: plain('GEOGRAPHY'),
  GEOMETRY: plain('GEOMETRY'),
  VECTOR: semiStructured('VECTOR'),
  MAP: map
}

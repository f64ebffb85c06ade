/**
 * Conversions between types, asked for (CAST) or understood (comparing a text with a number), as Snowflake makes them.
 *
 * @see https://docs.snowflake.com/en/sql-reference/data-type-conversion
 */
import { textType } from '../sql/DataType.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Compiled } from './Compiled.ts'
import { engineType, isNumeric, isSemiStructured, isTemporal, isText, isTimestamp } from './engineTypes.ts'

/** `attempt` makes NULL of what cannot be converted. */
export const castTo = (value: Compiled, type: DataType, attempt = false): Compiled => ({
  sql: castSql(value, type, attempt),
  type
})

const castSql = (value: Compiled, type: DataType, attempt: boolean): string => {
  const { sql } = value
  const cast = (operand: string): string => `${attempt ? 'TRY_CAST' : 'CAST'}(${operand} AS ${engineType(type)})`
  if (isSemiStructured(type)) return toSemiStructured(value, type, attempt)
  if (isSemiStructured(value.type) && type.name !== 'VARCHAR') return castSql(asText(value), type, attempt)
  if (type.name === 'VARCHAR') return toText(value, type)
  if (!isText(value.type)) return cast(sql)
  if (type.name === 'BOOLEAN') return `sf_boolean(${sql}, ${String(attempt)})`
  if (type.name === 'NUMBER') return cast(`trim(${sql})`)
  if (type.name === 'TIMESTAMP_LTZ' || type.name === 'TIMESTAMP_TZ') return cast(`sf_moment(${sql})`)
  return type.name === 'BINARY' ? `unhex(${sql})` : cast(sql)
}

const toText = (value: Compiled, type: DataType): string => {
  const whole = asText(value).sql
  return type.length === undefined || type.length >= 16_777_216 ? whole : `left(${whole}, ${type.length})`
}

const toSemiStructured = (value: Compiled, type: DataType, attempt: boolean): string => {
  if (!isSemiStructured(value.type)) {
    if (value.type?.name !== 'VARCHAR' || type.name === 'VARIANT')
      return type.name === 'ARRAY' ? oneElement(value.sql, jsonReady(value)) : `to_json(${jsonReady(value)})`
    return attempt ? `TRY_CAST(${value.sql} AS JSON)` : oneElement(value.sql, value.sql)
  }
  if (type.name === 'ARRAY' && value.type?.name === 'VARIANT') return `sf_as_array(${value.sql})`
  return value.sql
}

/** NULL becomes no array. */
const oneElement = (sql: string, element: string): string =>
  `CASE WHEN ${sql} IS NOT NULL THEN json_array(${element}) END`

/** Moments stand in JSON as texts. */
const jsonReady = (value: Compiled): string => (isTimestamp(value.type) ? textOf(value) : value.sql)

/** The value as text, written as Snowflake writes it. */
export const asText = (value: Compiled): Compiled => ({
  sql: textOf(value),
  type: textType(),
  ...keepTextLiteral(value)
})

const keepTextLiteral = ({ literal }: Compiled): Pick<Compiled, 'literal'> =>
  literal?.type === 'text' ? { literal } : {}

const textOf = ({ sql, type }: Compiled): string => {
  if (isText(type)) return sql
  if (type?.name === 'FLOAT') return `sf_float_text(${sql})`
  if (type?.name === 'BINARY') return `hex(${sql})`
  if (type?.name === 'TIMESTAMP_NTZ') return `strftime(${sql}, '%Y-%m-%d %H:%M:%S.%g')`
  if (isTimestamp(type)) return `(strftime(${sql}, '%Y-%m-%d %H:%M:%S.%g ') || sf_offset(strftime(${sql}, '%z')))`
  return isSemiStructured(type) ? `(${sql} ->> '$')` : `CAST(${sql} AS VARCHAR)`
}

/** Brings two operands of a comparison to one type, the stronger one's. */
export const alignTypes = (left: Compiled, right: Compiled): readonly [Compiled, Compiled] => {
  const target = commonType(left.type, right.type)
  if (target === undefined) return [left, right]
  const convert = (value: Compiled): Compiled =>
    value.type === undefined || value.type.name === target.name ? value : castTo(value, target)
  return [convert(left), convert(right)]
}

/** The type both values are brought to; undefined when they may stay as they are. */
const commonType = (a: DataType | undefined, b: DataType | undefined): DataType | undefined => {
  if (a === undefined || b === undefined || a.name === b.name || (isNumeric(a) && isNumeric(b))) return undefined
  if (isSemiStructured(a) && isSemiStructured(b)) return undefined
  if (isSemiStructured(a)) return comparable(b)
  if (isSemiStructured(b)) return comparable(a)
  if (isText(a)) return comparable(b)
  if (isText(b)) return comparable(a)
  if (a.name === 'BOOLEAN') return isNumeric(b) ? a : undefined
  if (b.name === 'BOOLEAN') return isNumeric(a) ? b : undefined
  return isTemporal(a) && isTemporal(b) && a.name === 'DATE'
    ? b
    : isTemporal(b) && b.name === 'DATE' && isTemporal(a)
      ? a
      : undefined
}

/** A text meets a whole number as a number with any fraction: `'1.5' = 2` is false, not rounded to true. */
const comparable = (type: DataType): DataType =>
  type.name === 'NUMBER' ? { name: 'NUMBER', precision: 38, scale: Math.max(type.scale ?? 0, 10) } : type

/** The type of the results of CASE, COALESCE and their like. */
export const unifiedType = (values: ReadonlyArray<Compiled>): DataType | undefined => {
  const types = values.filter(value => value.literal?.type !== 'null').map(value => value.type)
  const [first, ...rest] = types
  if (first === undefined || rest.includes(undefined)) return undefined
  if (rest.every(type => type?.name === first.name))
    return first.name === 'VARCHAR' ? textType() : widest([first, ...rest])
  if (types.every(isNumeric)) return types.some(type => type?.name === 'FLOAT') ? { name: 'FLOAT' } : undefined
  return types.some(isSemiStructured) ? types.find(isSemiStructured) : undefined
}

const widest = (types: ReadonlyArray<DataType | undefined>): DataType | undefined => {
  const [first] = types
  return first?.name === 'NUMBER' &&
    types.some(type => type?.scale !== first.scale || type?.precision !== first.precision)
    ? undefined
    : first
}

/** @see https://docs.snowflake.com/en/sql-reference/functions-conversion */
import { dateType, numberType, timestampType, variantType } from '../../sql/DataType.ts'
import type { DataType } from '../../sql/DataType.ts'
import { asText, castTo } from '../coerce.ts'
import { textSql } from '../Compiled.ts'
import type { Compiled } from '../Compiled.ts'
import { whenPresent } from '../KnownValue.ts'
import { isNumeric, isTemporal, isText } from '../engineTypes.ts'
import { unsupported } from '../../StatementError.ts'
import { boolean, built, float, ofText, scalar, text } from './FunctionTable.ts'
import type { FunctionTable, ScalarFunction } from './FunctionTable.ts'
import { strftimeFormat } from './strftimeFormat.ts'

const none: Compiled = { sql: 'NULL', type: undefined }

const conversion = (type: DataType, attempt: boolean): ScalarFunction =>
  built(1, 1, ([value = none]) => castTo(value, type, attempt))

/** `TO_NUMBER(value [, precision [, scale]])`; formats are not supported. */
const toNumber = (attempt: boolean): ScalarFunction =>
  built(1, 3, ([value = none, precision, scale]) => {
    if (precision?.literal?.type === 'text') throw unsupported('number formats')
    return castTo(value, numberType(integerOf(precision) ?? 38, integerOf(scale) ?? 0), attempt)
  })

const integerOf = (value: Compiled | undefined): number | undefined =>
  value?.literal?.type === 'number' ? Number(value.literal.text) : undefined

const formatOf = (format: Compiled | undefined): string | undefined => {
  if (format === undefined) return undefined
  if (format.literal?.type !== 'text') throw unsupported('formats that are not constant')
  return format.literal.text
}

/** `TO_VARCHAR(value [, format])`. */
const toText = built(1, 2, ([value = none, format]) => {
  const pattern = formatOf(format)
  if (pattern === undefined) return asText(value)
  if (isTemporal(value.type)) return { sql: `strftime(${value.sql}, ${textSql(strftimeFormat(pattern))})`, type: text }
  if (value.type?.name === 'BINARY') return asText(value)
  throw unsupported('number formats')
})

/** `TO_DATE(value [, format])` and its relatives: numbers count seconds since 1970. */
const toMoment = (type: DataType, attempt: boolean): ScalarFunction =>
  built(1, 2, ([value = none, format]) => {
    const pattern = isNumeric(format?.type) ? undefined : formatOf(format)
    if (pattern !== undefined && isText(value.type)) {
      const parse = attempt ? 'try_strptime' : 'strptime'
      return castTo(
        { sql: `${parse}(${value.sql}, ${textSql(strftimeFormat(pattern))})`, type: timestampType('TIMESTAMP_NTZ') },
        type,
        attempt
      )
    }
    if (isNumeric(value.type)) {
      const unit = 10 ** (integerOf(format) ?? 0)
      return castTo(
        {
          sql: `make_timestamp(CAST(${value.sql} * 1000000 / ${unit} AS BIGINT))`,
          type: timestampType('TIMESTAMP_NTZ')
        },
        type,
        attempt
      )
    }
    return castTo(value, type, attempt)
  })

const both = (name: string, make: (attempt: boolean) => ScalarFunction): FunctionTable => ({
  [name]: make(false),
  [`TRY_${name}`]: make(true)
})

/** The text of what a variant holds: that of a text keeps its quotes. */
const toJson = built(1, 1, ([value = none]) => {
  const { sql } = castTo(value, variantType)
  const { known } = value
  const written = { sql: `CAST(${sql} AS VARCHAR)`, type: text }
  return known === undefined
    ? written
    : {
        ...written,
        known: { cell: known.json, json: row => whenPresent(known.json(row), cell => JSON.stringify(cell)) }
      }
})

const binary: DataType = { name: 'BINARY', length: 8_388_608 }

export const conversionFunctions: FunctionTable = {
  TO_VARCHAR: toText,
  TO_CHAR: toText,
  ...both('TO_NUMBER', toNumber),
  ...both('TO_DECIMAL', toNumber),
  ...both('TO_NUMERIC', toNumber),
  ...both('TO_DOUBLE', attempt => conversion(float, attempt)),
  ...both('TO_BOOLEAN', attempt => conversion(boolean, attempt)),
  ...both('TO_DATE', attempt => toMoment(dateType, attempt)),
  DATE: toMoment(dateType, false),
  ...both('TO_TIME', attempt => toMoment({ name: 'TIME', scale: 9 }, attempt)),
  TIME: toMoment({ name: 'TIME', scale: 9 }, false),
  ...both('TO_TIMESTAMP', attempt => toMoment(timestampType('TIMESTAMP_NTZ'), attempt)),
  ...both('TO_TIMESTAMP_NTZ', attempt => toMoment(timestampType('TIMESTAMP_NTZ'), attempt)),
  ...both('TO_TIMESTAMP_LTZ', attempt => toMoment(timestampType('TIMESTAMP_LTZ'), attempt)),
  ...both('TO_TIMESTAMP_TZ', attempt => toMoment(timestampType('TIMESTAMP_TZ'), attempt)),
  ...both('TO_BINARY', attempt => built(1, 2, ([value = none]) => castTo(value, binary, attempt))),
  TO_VARIANT: conversion(variantType, false),
  TO_JSON: toJson,
  TO_ARRAY: conversion({ name: 'ARRAY' }, false),
  TO_OBJECT: conversion({ name: 'OBJECT' }, false),
  PARSE_JSON: ofText(scalar('sf_parse_json($1)', variantType, 1)),
  TRY_PARSE_JSON: ofText(scalar('TRY_CAST($1 AS JSON)', variantType, 1))
}

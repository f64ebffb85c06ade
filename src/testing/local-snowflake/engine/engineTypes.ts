/** Snowflake's data types in DuckDB, and back. */
import { booleanType, dateType, floatType, numberType, textType, timestampType, variantType } from '../sql/DataType.ts'
import type { DataType } from '../sql/DataType.ts'

/** The DuckDB type that holds values of this type. */
export const engineType = (type: DataType): string => {
  switch (type.name) {
    case 'NUMBER':
      return `DECIMAL(${type.precision ?? 38},${type.scale ?? 0})`
    case 'FLOAT':
      return 'DOUBLE'
    case 'VARCHAR':
      return 'VARCHAR'
    case 'BINARY':
      return 'BLOB'
    case 'BOOLEAN':
      return 'BOOLEAN'
    case 'DATE':
      return 'DATE'
    case 'TIME':
      return 'TIME'
    case 'TIMESTAMP_NTZ':
      return 'TIMESTAMP'
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return 'TIMESTAMPTZ'
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
    case 'GEOGRAPHY':
    case 'GEOMETRY':
    case 'VECTOR':
      return 'JSON'
  }
}

const decimal = /^DECIMAL\((\d+),(\d+)\)$/

/** The Snowflake type of a result column of the engine. */
export const typeOfEngine = (engine: string): DataType => {
  const [, precision, scale] = decimal.exec(engine) ?? []
  if (precision !== undefined) return numberType(Number(precision), Number(scale))
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(engine)) return numberType()
  if (engine.endsWith('[]') || engine === 'JSON' || /^(STRUCT|MAP)\(/.test(engine)) return variantType
  switch (engine) {
    case 'FLOAT':
    case 'DOUBLE':
      return floatType
    case 'BOOLEAN':
      return booleanType
    case 'DATE':
      return dateType
    case 'TIME':
      return { name: 'TIME', scale: 9 }
    case 'BLOB':
      return { name: 'BINARY', length: 8_388_608 }
    case 'TIMESTAMP WITH TIME ZONE':
      return timestampType('TIMESTAMP_LTZ')
    default:
      return engine.startsWith('TIMESTAMP') ? timestampType('TIMESTAMP_NTZ') : textType()
  }
}

export const isText = (type: DataType | undefined): boolean => type?.name === 'VARCHAR'
export const isNumeric = (type: DataType | undefined): boolean => type?.name === 'NUMBER' || type?.name === 'FLOAT'
export const isTimestamp = (type: DataType | undefined): boolean => type?.name.startsWith('TIMESTAMP') === true
export const isTemporal = (type: DataType | undefined): boolean =>
  isTimestamp(type) || type?.name === 'DATE' || type?.name === 'TIME'
/** Held as JSON. */
export const isSemiStructured = (type: DataType | undefined): boolean =>
  type !== undefined && ['VARIANT', 'OBJECT', 'ARRAY', 'GEOGRAPHY', 'GEOMETRY', 'VECTOR'].includes(type.name)

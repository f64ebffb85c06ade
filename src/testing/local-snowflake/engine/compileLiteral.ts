/** Constants in the engine's own writing. */
import { booleanType, dateType, floatType, numberType, textType, timestampType, variantType } from '../sql/DataType.ts'
import type { Literal } from '../sql/Literal.ts'
import { textSql } from './Compiled.ts'
import type { Compiled } from './Compiled.ts'

export const compileLiteral = (literal: Literal): Compiled => ({ ...literalSql(literal), literal })

const literalSql = ({ type, text }: Literal): Compiled => {
  switch (type) {
    case 'null':
      return { sql: 'NULL', type: undefined }
    case 'text':
      return { sql: textSql(text), type: textType(Math.max(1, Array.from(text).length)) }
    case 'boolean':
      return { sql: text.toUpperCase(), type: booleanType }
    case 'number':
      return numberSql(text)
    case 'float':
      return { sql: `CAST(${textSql(text)} AS DOUBLE)`, type: floatType }
    case 'date':
      return { sql: `CAST(${textSql(text)} AS DATE)`, type: dateType }
    case 'time':
      return { sql: `CAST(${textSql(text)} AS TIME)`, type: { name: 'TIME', scale: 9 } }
    case 'timestamp':
      return { sql: `CAST(${textSql(text)} AS TIMESTAMP)`, type: timestampType('TIMESTAMP_NTZ') }
    case 'timestamp_ltz':
      return { sql: `CAST(${textSql(text)} AS TIMESTAMPTZ)`, type: timestampType('TIMESTAMP_LTZ') }
    case 'timestamp_tz':
      return { sql: `CAST(${textSql(text)} AS TIMESTAMPTZ)`, type: timestampType('TIMESTAMP_TZ') }
    case 'binary':
      return { sql: `unhex(${textSql(text)})`, type: { name: 'BINARY', length: Math.max(1, text.length / 2) } }
    case 'variant':
      return { sql: `CAST(${textSql(text)} AS JSON)`, type: variantType }
  }
}

const numberSql = (text: string): Compiled => {
  if (/e/i.test(text)) return { sql: `CAST(${textSql(text)} AS DOUBLE)`, type: floatType }
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const type = numberType(Math.max(1, Math.min(38, whole.replace(/^0+/, '').length + fraction.length)), fraction.length)
  return { sql: text.startsWith('-') ? `(${text})` : text, type }
}

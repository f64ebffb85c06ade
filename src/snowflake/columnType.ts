/** Column types, as far as masks and policy signatures need them. */

/** What a mask can do with a type. */
export type TypeFamily = 'text' | 'number' | 'other'

export interface ColumnType {
  readonly family: TypeFamily
  /** The type to write into a policy's signature. */
  readonly sql: string
  /** The longest text a column of this type takes; undefined where that is no limit, or it is no text. */
  readonly maxLength?: number
}

const textTypes = new Set(['VARCHAR', 'CHAR', 'CHARACTER', 'STRING', 'TEXT', 'NVARCHAR', 'NVARCHAR2', 'NCHAR'])
const numberTypes = new Set([
  'NUMBER',
  'DECIMAL',
  'NUMERIC',
  'INT',
  'INTEGER',
  'BIGINT',
  'SMALLINT',
  'TINYINT',
  'BYTEINT'
])
/** The longest VARCHAR there is without being asked for; newer accounts allow more. */
const unlimited = 16_777_216

/** Reads a type as `DESCRIBE` prints it: `VARCHAR(16777216)`, `NUMBER(38,0)`, `TIMESTAMP_NTZ(9)`. */
export const columnType = (dataType: string): ColumnType => {
  const [, base = dataType, argument] = /^\s*([A-Za-z_0-9 ]+?)\s*(?:\((.*)\))?\s*$/s.exec(dataType) ?? []
  const name = base.toUpperCase()
  if (textTypes.has(name)) {
    const length = argument === undefined ? unlimited : Number(argument)
    return { family: 'text', sql: 'VARCHAR', ...(length < unlimited ? { maxLength: length } : {}) }
  }
  return { family: numberTypes.has(name) ? 'number' : 'other', sql: dataType }
}

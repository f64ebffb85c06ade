/** Values on their way into a table: brought to the column's type, then held against its rules. */
import type { Column } from '../catalog/Relation.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { castTo } from './coerce.ts'
import type { Compiled } from './Compiled.ts'
import { raise } from './engineErrors.ts'

/** The value as the column stores it, not yet checked; a text keeps its length, so that the check can see it. */
export const storedValue = (value: Compiled, column: Column): string =>
  castTo(value, column.type.name === 'VARCHAR' ? { name: 'VARCHAR' } : column.type).sql

/** `sql` names a value that `storedValue` made. */
export const checkedValue = (sql: string, column: Column): string => {
  const nullCheck = column.nullable
    ? ''
    : `WHEN ${sql} IS NULL THEN ${raise('100072', '22000', `NULL result in a non-nullable column: ${displayIdentifier(column.name)}`)} `
  const { length } = column.type
  const tooLong = `error('SF|100078|22000|String ''' || left(${sql}, 100) || ''' is too long and would be truncated')`
  const lengthCheck =
    column.type.name === 'VARCHAR' && length !== undefined && length < 16_777_216
      ? `WHEN length(${sql}) > ${length} THEN ${tooLong} `
      : ''
  return nullCheck === '' && lengthCheck === '' ? sql : `CASE ${nullCheck}${lengthCheck}ELSE ${sql} END`
}

/** `MASKING POLICY p USING (…)` and `ROW ACCESS POLICY p ON (…)`, where a column or a table names its policy. */
import type { MaskingReference, RowAccessReference } from './CreateStatement.ts'
import type { Cursor } from './Cursor.ts'

/** MASKING POLICY was read. */
export const parseMaskingReference = (cursor: Cursor): MaskingReference => {
  const policy = cursor.name()
  return { policy, using: cursor.take('USING') ? cursor.names() : [] }
}

/** ROW ACCESS POLICY was read. */
export const parseRowAccessReference = (cursor: Cursor): RowAccessReference => {
  const policy = cursor.name()
  cursor.expect('ON')
  return { policy, columns: cursor.names() }
}

export const takeMasking = (cursor: Cursor): MaskingReference | undefined =>
  cursor.take('WITH', 'MASKING', 'POLICY') || cursor.take('MASKING', 'POLICY')
    ? parseMaskingReference(cursor)
    : undefined

export const takeRowAccess = (cursor: Cursor): RowAccessReference | undefined =>
  cursor.take('WITH', 'ROW', 'ACCESS', 'POLICY') || cursor.take('ROW', 'ACCESS', 'POLICY')
    ? parseRowAccessReference(cursor)
    : undefined

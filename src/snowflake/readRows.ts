/**
 * The rows of a statement, out of the driver.
 *
 * The driver (`snowflake-sdk` 3.3.0) reads values where nothing catches: one that it can't read ends the process. And a semi-structured value that is no JSON it runs as a program, with all that the host may do. Here such a
 * value is what Snowflake wrote, as text.
 */
import type { Column, FileAndStageBindStatement, RowStatement } from 'snowflake-sdk'
import type { Row } from './SnowflakeClient.ts'

/** What the driver reads a row's value with: as itself, or as text. */
interface Reader {
  _getRowValue?: (row: object) => unknown
  readonly _getRowValueAsString?: (row: object) => unknown
}

/** JSON, or the text itself. */
const parsed = (text: unknown): unknown => {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const readSafely = (column: Column & Reader, onFault: (cause: unknown) => void): void => {
  const { _getRowValue: read, _getRowValueAsString: readText } = column
  if (read === undefined || readText === undefined) return
  const isVariant = column.isVariant()
  column._getRowValue = row => {
    try {
      return isVariant ? parsed(readText.call(column, row)) : read.call(column, row)
    } catch (cause) {
      onFault(cause)
      return null
    }
  }
}

/** All rows of a statement that is done. */
export const readRows = (statement: RowStatement | FileAndStageBindStatement): Promise<ReadonlyArray<Row>> =>
  new Promise((resolve, reject) => {
    for (const column of statement.getColumns() ?? []) readSafely(column, reject)
    const rows: Array<Row> = []
    statement
      .streamRows()
      .on('data', (row: Row) => void rows.push(row))
      .on('end', () => resolve(rows))
      .on('error', reject)
  })

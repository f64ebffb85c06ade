/** `F(NUMBER, VARCHAR)`: the server keeps one function per name, so the argument types only have to be well formed. */
import { discard } from '../discard.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { Cursor } from './Cursor.ts'
import { parseDataType } from './DataType.ts'

export const skipArgumentTypes = (cursor: Cursor, kind: ObjectKind): void => {
  if (kind !== 'FUNCTION' && kind !== 'PROCEDURE') return
  if (!cursor.takeSymbol('(')) return
  while (!cursor.takeSymbol(')')) {
    discard(parseDataType(cursor))
    cursor.optionalSymbol(',')
  }
}

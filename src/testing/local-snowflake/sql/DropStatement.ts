/** DROP and COMMENT ON. */
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { ObjectName } from './Cursor.ts'

export type DropStatement = Drop | CommentOn

export interface Drop {
  readonly kind: 'drop'
  readonly objectKind: ObjectKind
  readonly name: ObjectName
  readonly ifExists: boolean
}

export interface CommentOn {
  readonly kind: 'commentOn'
  readonly objectKind: ObjectKind
  readonly name: ObjectName
  /** Of COMMENT ON COLUMN. */
  readonly column: string | undefined
  readonly ifExists: boolean
  readonly comment: string
}

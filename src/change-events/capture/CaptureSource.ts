/** What is captured. */
import type { ResourceName } from '../../Resource.ts'

/** One table whose row changes are told, and the stream that they are read from. */
export interface CaptureSource {
  readonly datasetId: string
  /** The schema that the changes are told under: a subscription's word, not a Snowflake schema. */
  readonly schema: string
  readonly table: Required<ResourceName>
  /** A stream of our own, made where it is not there. One stream has one reader: two would share its changes between them. */
  readonly stream: Required<ResourceName>
  /** The column that names the object. It must be unique; Snowflake does not see to that. */
  readonly idColumn: string
  /** Where a stream that is made begins. `changes`: with the next change; `all rows`: with every row that is there, told as REFRESH. Default `changes`. */
  readonly bootstrap?: 'changes' | 'all rows'
  /** The field that a column becomes. Default: the column's exact name. Filters and versions look for `id`, `version` and the like: give `name => name.toLowerCase()` where columns are upper case. */
  readonly fieldOf?: (column: string) => string
}

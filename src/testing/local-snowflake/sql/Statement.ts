/** Every statement the server knows, by family. What is not here is refused by name. */
import type { AlterStatement } from './AlterStatement.ts'
import type { CreateStatement } from './CreateStatement.ts'
import type { GrantStatement } from './GrantStatement.ts'
import type { DataStatement } from './DataStatement.ts'
import type { DropStatement } from './DropStatement.ts'
import type { SessionStatement } from './SessionStatement.ts'
import type { ScriptStatement } from './ScriptStatement.ts'
import type { ShowStatement } from './ShowStatement.ts'

export type Statement =
  | SessionStatement
  | CreateStatement
  | AlterStatement
  | DropStatement
  | GrantStatement
  | ShowStatement
  | DataStatement
  | ScriptStatement

/** CREATE, where something of that name is there already. */
import type { Securable } from '../catalog/Securable.ts'
import type { CreateContainer, CreatePrincipal } from '../sql/CreateStatement.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { alreadyExists } from '../StatementError.ts'
import { dropObject } from './dropObject.ts'
import { requireOwnership } from './require.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

/** Answers a finished statement when the object is there already, and makes room when it is to be replaced. */
export const makeRoom = (
  { mode }: Pick<CreateContainer | CreatePrincipal, 'mode'>,
  context: StatementContext,
  existing: Securable | undefined
): ResultSet | undefined => {
  if (existing === undefined) return undefined
  const name = displayIdentifier(existing.name)
  if (mode.ifNotExists) return statusResult(`${name} already exists, statement succeeded.`)
  if (!mode.orReplace) throw alreadyExists(name)
  requireOwnership(context, existing)
  dropObject(context, existing)
  return undefined
}

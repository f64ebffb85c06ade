/** What a statement needs, so that "insufficient privileges" can be said with the privilege's name (docs: grant-privilege, security-column-intro, security-row-intro). */
import type { Step } from '../access/Plan.ts'
import { describeName } from '../Resource.ts'
import { SyncError } from '../SyncError.ts'
import type { PolicySchema } from './PolicyObject.ts'

/** What would do, any one of them. */
export const needsOf = ({ phase, changes, on, statement }: Step, home: PolicySchema): ReadonlyArray<string> => {
  const object = describeName(on)
  if (phase === 'prepare') return [`CREATE ${policyKind(statement)} on schema ${describeName(home)}`]
  if (phase === 'tidy') return [`OWNERSHIP of the policy in schema ${describeName(home)}`]
  const kinds = new Set(changes.map(({ kind }) => kind))
  if (kinds.has('set mask') || kinds.has('unset mask'))
    return ['APPLY MASKING POLICY on the account', `APPLY on the policy with OWNERSHIP of ${object}`]
  if (kinds.has('set filter') || kinds.has('drop filter'))
    return ['APPLY ROW ACCESS POLICY on the account', `APPLY on the policy with OWNERSHIP of ${object}`]
  return ['MANAGE GRANTS on the account', `OWNERSHIP of ${object}`]
}

const policyKind = (statement: string): string =>
  statement.includes('MASKING POLICY') ? 'MASKING POLICY' : 'ROW ACCESS POLICY'

/** The policy schema is there because somebody said so: where it is not found, our role may not look into it, or somebody has to make it. */
export const inPolicySchema = (error: SyncError, home: PolicySchema): SyncError => {
  if (error._tag !== 'NotFound') return error
  const object = `policy schema ${describeName(home)}`
  return SyncError.NotAuthorized({
    operation: 'use',
    object,
    needs: [`${object} to exist, with USAGE on its database`]
  })
}

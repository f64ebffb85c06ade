/** A short mark of an object's access: equal marks, equal access. */
import { createHash } from 'node:crypto'
import type { ActualAccess } from './AccessState.ts'
import { principalKey } from './Principal.ts'

export const fingerprint = ({ resource, grants, masks, rowFilter }: ActualAccess): string => {
  const standing = grants
    .map(({ privilege, grantee, grantOption }) => [privilege, principalKey(grantee), grantOption].join('\n'))
    .sort()
  const masked = masks.map(({ policy, columns }) => [columns[0], policy].join('\n')).sort()
  const filtered = rowFilter === undefined ? null : [rowFilter.policy, ...rowFilter.columns]
  const columns = resource.columns.map(({ name, dataType }) => [name, dataType])
  return createHash('sha256')
    .update(JSON.stringify([resource.kind, columns, standing, masked, filtered]))
    .digest('hex')
    .slice(0, 16)
}

/** The roles of a service, as Ranger Admin serves them. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { InvalidInput } from '../../../SyncError.ts'
import type { RangerRoles } from '../model/Roles.ts'
import type { Json } from './Json.ts'
import { field, isRecord, list, requireFields, requiredText, whole } from './Json.ts'
import { readDocument } from './readDocument.ts'

const known = {
  root: new Set(['roleVersion', 'rangerRoles']),
  ofRootBesides: new Set(['serviceName', 'roleUpdateTime']),
  role: new Set(['name', 'users', 'groups', 'roles']),
  ofRoleBesides: new Set([
    ...['id', 'guid', 'isEnabled', 'createdBy', 'updatedBy', 'createTime', 'updateTime', 'version'],
    ...['description', 'options', 'createdByUser']
  ]),
  member: new Set(['name']),
  ofMemberBesides: new Set(['isAdmin'])
} as const

const readMembers = (json: Json): ReadonlyArray<string> =>
  list(json, member => {
    if (isRecord(member)) requireFields(member, known.member, known.ofMemberBesides)
    return requiredText(field(member, 'name'))
  })

/**
 * Reads the body of a role download, or a cache file of it.
 *
 * **Errors**: InvalidInput, with every fault named by its path; nothing is loaded in part.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/lib/Either.js'
 * import { readRangerRoles } from 'on-demand-sync/policies'
 *
 * const read = readRangerRoles({ rangerRoles: [{ name: 'stewards', users: [{ name: 'ann', isAdmin: false }] }] })
 * if (!isRight(read) || read.right.roles[0]?.users[0] !== 'ann') throw new Error('unexpected')
 * ```
 */
export const readRangerRoles = (json: unknown): Either<InvalidInput, RangerRoles> =>
  readDocument('Ranger roles', json, root => {
    requireFields(root, known.root, known.ofRootBesides)
    return {
      roleVersion: whole(field(root, 'roleVersion'), -1),
      roles: list(field(root, 'rangerRoles'), role => {
        if (isRecord(role)) requireFields(role, known.role, known.ofRoleBesides)
        return {
          name: requiredText(field(role, 'name')),
          users: readMembers(field(role, 'users')),
          groups: readMembers(field(role, 'groups')),
          roles: readMembers(field(role, 'roles'))
        }
      })
    }
  })

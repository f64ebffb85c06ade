/** Users, groups and their attributes, as Ranger Admin serves them. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { InvalidInput } from '../../../SyncError.ts'
import type { UserStore } from '../model/UserStore.ts'
import { entries, field, settings, texts, whole } from './Json.ts'
import { readDocument } from './readDocument.ts'

/**
 * Reads the body of a user store download, or a cache file of it.
 *
 * **Errors**: InvalidInput, with every fault named by its path; nothing is loaded in part.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/lib/Either.js'
 * import { readUserStore } from 'on-demand-sync/policies'
 *
 * const read = readUserStore({ userGroupMapping: { ann: ['hr'] }, userAttrMapping: { ann: { dept: 'HR' } } })
 * if (!isRight(read) || read.right.groupsOfUser.get('ann')?.[0] !== 'hr') throw new Error('unexpected')
 * ```
 */
export const readUserStore = (json: unknown): Either<InvalidInput, UserStore> =>
  readDocument('Ranger users', json, root => ({
    userStoreVersion: whole(field(root, 'userStoreVersion'), -1),
    groupsOfUser: entries(field(root, 'userGroupMapping'), texts),
    attributesOfUser: entries(field(root, 'userAttrMapping'), settings),
    attributesOfGroup: entries(field(root, 'groupAttrMapping'), settings)
  }))

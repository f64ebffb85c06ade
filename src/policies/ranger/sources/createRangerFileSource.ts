/** Snapshots from files. */
import * as E from 'fp-ts/lib/Either.js'
import { readFile, stat } from 'node:fs/promises'
import { atLeast, requireOptions } from '../../../checkOptions.ts'
import type { Clock } from '../../../internal/Clock.ts'
import { systemClock } from '../../../internal/Clock.ts'
import { SyncError } from '../../../SyncError.ts'
import { readRangerRoles } from '../reading/readRangerRoles.ts'
import { readServicePolicies } from '../reading/readServicePolicies.ts'
import { readServiceTags } from '../reading/readServiceTags.ts'
import { readUserStore } from '../reading/readUserStore.ts'
import { assembleSnapshot } from './assembleSnapshot.ts'
import type { PartFailure, Read } from './createPolledSource.ts'
import { createPolledSource } from './createPolledSource.ts'
import type { DoubtOptions } from './doubtsOf.ts'
import { defaultDoubtOptions, doubtFaults } from './doubtsOf.ts'
import type { RangerPart, RangerSource, RangerSourceEvent } from './RangerSource.ts'

/** Options of {@link createRangerFileSource}. */
export interface RangerFileSourceOptions extends DoubtOptions {
  /** Path of a file with the body of a policy download: all policies, not changes to them. */
  readonly policies: string
  /** Default: no roles, and nobody is in one. */
  readonly roles?: string
  /** Default: no tags. */
  readonly tags?: string
  /** Default: nothing is known of users, and nobody is in a group. */
  readonly users?: string
  /** Time between looks at the files, in milliseconds. Default 30,000, at least 1. */
  readonly pollIntervalMs?: number
  readonly clock?: Clock
  readonly onEvent?: (event: RangerSourceEvent) => void
}

/** The defaults of {@link RangerFileSourceOptions}. */
export const defaultRangerFileSourceOptions: Required<DoubtOptions> &
  Required<Pick<RangerFileSourceOptions, 'pollIntervalMs'>> = Object.freeze({
  ...defaultDoubtOptions,
  allowOlder: true,
  pollIntervalMs: 30_000
})

/** A file, read again when it has changed. */
const createFile = <A>(
  part: RangerPart,
  path: string,
  read: (text: string) => E.Either<SyncError, A>
): (() => Promise<E.Either<PartFailure, A>>) => {
  let last: { readonly mark: string; readonly document: A } | undefined
  return async () => {
    try {
      const { mtimeMs, size, ino } = await stat(path)
      const mark = `${mtimeMs} ${size} ${ino}`
      if (last?.mark === mark) return E.right(last.document)
      const document = read(await readFile(path, 'utf8'))
      if (E.isLeft(document)) return E.left({ part, error: document.left })
      last = { mark, document: document.right }
      return E.right(document.right)
    } catch (cause) {
      return E.left({
        part,
        error: SyncError.PolicySourceFailed({ source: path, detail: 'the file cannot be read', cause })
      })
    }
  }
}

const createOptionalFile = <A>(
  part: RangerPart,
  path: string | undefined,
  read: (text: string) => E.Either<SyncError, A>
): (() => Promise<E.Either<PartFailure, A | undefined>>) =>
  path === undefined ? () => Promise.resolve(E.right(undefined)) : createFile(part, path, read)

/**
 * Policies, roles, tags and users out of files: the bodies of Ranger Admin's downloads, or the cache files of one of Ranger's plugins.
 *
 * **When to use**: where an export of Ranger's policies is shipped with the host, and for tests.
 *
 * **Details**: files whose time, size or inode has changed are read again. As with Ranger Admin, a snapshot comes into force whole or not at all, a file with a fault leaves the last one in force, and
 * one that has lost most of what there was is held. Write a file under another name and rename it: a file that is read half-written is refused, and read again at the next look.
 *
 * **Errors**: a bad option throws InvalidInput. Looks fail with InvalidInput (the document) and PolicySourceFailed.
 *
 * @example
 * ```ts
 * import { writeFileSync, mkdtempSync } from 'node:fs'
 * import { toPromise } from 'on-demand-sync'
 * import { createRangerFileSource, snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * const path = `${mkdtempSync('/tmp/ranger-')}/policies.json`
 * const policies = [{ id: 1, resources: { database: { values: ['HR'] } }, policyItems: [] }]
 * writeFileSync(path, JSON.stringify({ serviceName: 'sf', policyVersion: 1, serviceDef: snowflakeServiceDef, policies }))
 * const ranger = createRangerFileSource({ policies: path })
 * const snapshot = await toPromise(ranger.look())
 * if (snapshot.policies.policies[0]?.id !== 1) throw new Error('unexpected')
 * ```
 */
export const createRangerFileSource = (options: RangerFileSourceOptions): RangerSource => {
  const settings = { ...defaultRangerFileSourceOptions, ...options }
  requireOptions('createRangerFileSource', [
    atLeast('pollIntervalMs', settings.pollIntervalMs, 1),
    ...doubtFaults(settings)
  ])
  const files = {
    policies: createFile('policies', options.policies, readServicePolicies),
    roles: createOptionalFile('roles', options.roles, readRangerRoles),
    tags: createOptionalFile('tags', options.tags, readServiceTags),
    users: createOptionalFile('users', options.users, readUserStore)
  }

  const read: Read = async known => {
    const [policies, roles, tags, users] = await Promise.all([
      files.policies(),
      files.roles(),
      files.tags(),
      files.users()
    ])
    const failures = [policies, roles, tags, users].flatMap(found => (E.isLeft(found) ? [found.left] : []))
    if (E.isLeft(policies) || E.isLeft(roles) || E.isLeft(tags) || E.isLeft(users)) return E.left(failures)
    return E.right(
      assembleSnapshot(known, { policies: policies.right, roles: roles.right, tags: tags.right, users: users.right })
    )
  }

  return createPolledSource({
    name: options.policies,
    pollIntervalMs: settings.pollIntervalMs,
    clock: options.clock ?? systemClock,
    doubts: settings,
    read,
    onEvent: options.onEvent
  })
}

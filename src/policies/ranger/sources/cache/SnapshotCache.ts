/** The last snapshot in force, in a file: a host can start while Ranger Admin is away. */
import * as E from 'fp-ts/lib/Either.js'
import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../../internal/Clock.ts'
import { replaceFile } from '../../../../internal/durableFile.ts'
import { compact, isObject, ownField } from '../../../../internal/objects.ts'
import { SyncError } from '../../../../SyncError.ts'
import type { RangerSnapshot } from '../../evaluation/RangerEngine.ts'
import { readRangerRoles } from '../../reading/readRangerRoles.ts'
import { readServicePolicies } from '../../reading/readServicePolicies.ts'
import { readServiceTags } from '../../reading/readServiceTags.ts'
import { readUserStore } from '../../reading/readUserStore.ts'
import type { RangerSourceEvent } from '../RangerSource.ts'
import { writeMaps, writeRangerRoles, writeServicePolicies, writeServiceTags, writeUserStore } from './writeSnapshot.ts'

/** Options of {@link createSnapshotCache}. */
export interface SnapshotCacheOptions {
  readonly folder: string
  /** Where the snapshot comes from: one from elsewhere is refused. */
  readonly url: string
  readonly serviceName: string
  readonly clock: Pick<Clock, 'now'>
}

type Emit = (event: RangerSourceEvent) => void

/** The cache. Both tell of their troubles and never reject. */
export interface SnapshotCache {
  readonly restore: (emit: Emit) => Promise<RangerSnapshot | undefined>
  readonly save: (snapshot: RangerSnapshot, emit: Emit) => Promise<void>
}

/** Another number whenever the readers come to read more: what an older version kept has lost it. */
const format = 1

const source = 'the cache of Ranger Admin'
const failed = (detail: string, cause?: unknown): SyncError =>
  SyncError.PolicySourceFailed({ source, detail, ...(cause === undefined ? {} : { cause }) })

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const write = ({ policies, roles, tags, users }: RangerSnapshot): string =>
  JSON.stringify(
    {
      policies: writeServicePolicies(policies),
      ...(roles && { roles: writeRangerRoles(roles) }),
      ...(tags && { tags: writeServiceTags(tags) }),
      ...(users && { users: writeUserStore(users) })
    },
    writeMaps
  )

const readPart = <A>(
  json: object,
  part: string,
  read: (json: unknown) => E.Either<SyncError, A>
): E.Either<SyncError, A | undefined> => {
  const found = ownField(json, part)
  return found === undefined ? E.right(undefined) : read(found)
}

const readSnapshot = (json: object): E.Either<SyncError, RangerSnapshot> => {
  const policies = readServicePolicies(ownField(json, 'policies'))
  if (E.isLeft(policies)) return policies
  const roles = readPart(json, 'roles', readRangerRoles)
  if (E.isLeft(roles)) return roles
  const tags = readPart(json, 'tags', readServiceTags)
  if (E.isLeft(tags)) return tags
  const users = readPart(json, 'users', readUserStore)
  if (E.isLeft(users)) return users
  const snapshot = { policies: policies.right, roles: roles.right, tags: tags.right, users: users.right }
  return E.right(compact(snapshot))
}

/** The first line says what the second one is; both are checked before any of it counts. */
const readFileText = (
  text: string,
  { url, serviceName }: SnapshotCacheOptions
): E.Either<SyncError, RangerSnapshot> => {
  const [head = '', body = ''] = text.split('\n')
  try {
    const about: unknown = JSON.parse(head)
    const is = (key: string, value: unknown) => isObject(about) && ownField(about, key) === value
    if (!is('format', format)) return E.left(failed('it was written by another version of this library'))
    if (!is('url', url) || !is('serviceName', serviceName)) return E.left(failed('it is of another service'))
    if (!is('sha256', digestOf(body))) return E.left(failed('the file is damaged'))
    const json: unknown = JSON.parse(body)
    return isObject(json) ? readSnapshot(json) : E.left(failed('the file is damaged'))
  } catch {
    // The parser's words quote the text, which is not ours to repeat.
    return E.left(failed('the file is damaged'))
  }
}

const isAbsent = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'

/** Makes the cache of one service. */
export const createSnapshotCache = (options: SnapshotCacheOptions): SnapshotCache => {
  const { folder, url, serviceName, clock } = options
  const path = join(folder, `ranger_${encodeURIComponent(serviceName)}.json`)
  return {
    restore: async emit => {
      try {
        const read = readFileText(await readFile(path, 'utf8'), options)
        if (E.isRight(read)) return read.right
        emit({ type: 'cache refused', error: read.left })
      } catch (cause) {
        if (!isAbsent(cause)) emit({ type: 'cache refused', error: failed('the file cannot be read', cause) })
      }
      return undefined
    },
    save: async (snapshot, emit) => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const body = write(snapshot)
        const head = { format, url, serviceName, savedAt: new Date(clock.now()).toISOString(), sha256: digestOf(body) }
        await replaceFile(path, `${JSON.stringify(head)}\n${body}\n`)
      } catch (cause) {
        emit({ type: 'cache not written', error: failed('the file cannot be written', cause) })
      }
    }
  }
}

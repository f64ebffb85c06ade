/** Snapshots from a running Ranger Admin. */
import * as E from 'fp-ts/lib/Either.js'
import { atLeast, requireOptions } from '../../../../checkOptions.ts'
import type { Fault } from '../../../../Fault.ts'
import { fault } from '../../../../Fault.ts'
import type { Clock } from '../../../../internal/Clock.ts'
import { systemClock } from '../../../../internal/Clock.ts'
import { assembleSnapshot } from '../assembleSnapshot.ts'
import type { PartFailure, Read } from '../createPolledSource.ts'
import { createPolledSource } from '../createPolledSource.ts'
import type { DoubtOptions } from '../doubtsOf.ts'
import { defaultDoubtOptions, doubtFaults } from '../doubtsOf.ts'
import type { RangerPart, RangerSource, RangerSourceEvent } from '../RangerSource.ts'
import { createSnapshotCache } from '../cache/SnapshotCache.ts'
import { createAdminClient } from './AdminClient.ts'
import { downloadPart, downloadPolicies } from './downloadPart.ts'
import type { PartDownload } from './partDownloads.ts'
import { roleDownload, tagDownload, userDownload } from './partDownloads.ts'
import type { RangerAuth } from './RangerAuth.ts'
import { authFaults } from './RangerAuth.ts'

/** Options of {@link createRangerAdminSource}. */
export interface RangerAdminSourceOptions extends DoubtOptions {
  /** Where Ranger Admin is, up to its context path: `https://ranger.example.com:6182`. https, or http on this machine. */
  readonly url: string
  /** http to other machines as well: whoever is on the way then reads the password and writes the policies. Default false. */
  readonly allowHttp?: boolean
  /** The service's name in Ranger. */
  readonly serviceName: string
  /** Default `none`. */
  readonly auth?: RangerAuth
  /** Documents to do without. Without `roles` or `users` nobody is known to be in a role or group, without `tags` no tag policy applies: leave one out only where the service makes no use of it. */
  readonly without?: ReadonlyArray<Exclude<RangerPart, 'policies'>>
  /** Time between looks, in milliseconds. Default 30,000 (as Ranger's plugins do), at least 1. */
  readonly pollIntervalMs?: number
  /** How long one document may take, in milliseconds. Default 60,000, at least 1. */
  readonly timeoutMs?: number
  /** Longest document, in bytes. Default 536,870,912, at least 1. */
  readonly maxBodyBytes?: number
  /** A folder of this host's own, made where it is not there. The last snapshot in force is kept in it, names of users and groups included, and is in force at the next start until Ranger Admin answers. Default: none is kept. */
  readonly cacheFolder?: string
  /** What Ranger Admin lists us as, under Audit, Plugin Status. Default `on-demand-sync`. */
  readonly pluginId?: string
  /** Default: none. */
  readonly clusterName?: string
  readonly clock?: Clock
  /** Default: the runtime's `fetch`. */
  readonly fetch?: typeof fetch
  readonly onEvent?: (event: RangerSourceEvent) => void
}

/** The defaults of {@link RangerAdminSourceOptions}. */
export const defaultRangerAdminSourceOptions: Required<DoubtOptions> &
  Required<
    Pick<
      RangerAdminSourceOptions,
      'allowHttp' | 'pollIntervalMs' | 'timeoutMs' | 'maxBodyBytes' | 'pluginId' | 'clusterName'
    >
  > = Object.freeze({
  ...defaultDoubtOptions,
  allowHttp: false,
  pollIntervalMs: 30_000,
  timeoutMs: 60_000,
  maxBodyBytes: 536_870_912,
  pluginId: 'on-demand-sync',
  clusterName: ''
})

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** The faults of the address of a Ranger Admin. */
export const urlFaults = (text: string, allowHttp: boolean): ReadonlyArray<Fault | undefined> => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && (allowHttp || loopback.test(url.hostname)))
  const isBare = url?.username === '' && url.password === '' && url.search === '' && url.hash === ''
  return [
    isSafe ? undefined : fault('url', 'must be an https address (http on this machine, or with allowHttp)'),
    isBare || url === undefined ? undefined : fault('url', 'must have no login, query or fragment')
  ]
}

/**
 * Policies, roles, tags and users from Ranger Admin, looked for again and again.
 *
 * **Details**
 * - Each look asks for all documents at once, by the paths and version parameters that Ranger's own plugins use; `304` and `204` say that nothing is new. Changes to policies are applied where
 *   they are sent, and all policies asked for where the changes do not fit.
 * - Nothing comes into force in part. If a document can't be had (no answer in time, 401 or 403, 404 for a service that Ranger does not know, 5xx) or is not right (not JSON, a fault in it, no
 *   version, another service's), all of the last snapshot stays in force. Ranger's plugins drop all policies on a 404; here that would revoke everything, so it does not.
 * - A snapshot that could be read but has lost most of what there was, or all of one kind, or is older, is held: see {@link RangerSource.held} and `allowShrink`.
 *
 * **Errors**: a bad option throws InvalidInput. Looks fail with Unavailable, TimedOut, LoginRefused, NotFound, InvalidInput (the document), PolicySourceFailed, Aborted.
 *
 * @example
 * ```ts no-run
 * import { createSecret } from 'on-demand-sync'
 * import { createRangerAdminSource } from 'on-demand-sync/policies'
 *
 * const ranger = createRangerAdminSource({
 *   url: 'https://ranger.example.com:6182',
 *   serviceName: 'snowflake_prod',
 *   auth: { type: 'basic', user: 'sync', password: createSecret(process.env['RANGER_PASSWORD'] ?? '') },
 *   cacheFolder: '/var/lib/on-demand-sync/ranger',
 *   onEvent: event => process.stderr.write(`${JSON.stringify(event)}\n`)
 * })
 * await ranger.start()
 * ```
 */
export const createRangerAdminSource = (options: RangerAdminSourceOptions): RangerSource => {
  const settings = { ...defaultRangerAdminSourceOptions, ...options }
  const { serviceName, pollIntervalMs, timeoutMs, maxBodyBytes, cacheFolder, pluginId, clusterName } = settings
  const { auth = { type: 'none' }, without = [], clock = systemClock } = options
  requireOptions('createRangerAdminSource', [
    ...urlFaults(options.url, settings.allowHttp),
    serviceName === '' ? fault('serviceName', 'must not be empty') : undefined,
    ...authFaults(auth),
    atLeast('pollIntervalMs', pollIntervalMs, 1),
    atLeast('timeoutMs', timeoutMs, 1),
    atLeast('maxBodyBytes', maxBodyBytes, 1),
    ...doubtFaults(settings)
  ])
  const url = options.url.replace(/\/+$/, '')
  const send = options.fetch ?? fetch
  const client = createAdminClient({ url, serviceName, auth, timeoutMs, maxBodyBytes, clock, fetch: send })
  const wants = (part: RangerPart): boolean => !without.some(name => name === part)

  const read: Read = async (known, { signal, inForceSinceMs, emit }) => {
    const query = { lastActivationTime: String(inForceSinceMs), pluginId, clusterName }
    const context = { client, serviceName, isSecure: auth.type !== 'none', query, signal }
    const optional = async <A>(download: PartDownload<A>, before: A | undefined) =>
      wants(download.part) ? downloadPart(context, download, before) : E.right(undefined)
    const [policies, roles, tags, users] = await Promise.all([
      downloadPolicies(context, known?.policies, error => emit({ type: 'changes refused', error })),
      optional(roleDownload, known?.roles),
      optional(tagDownload, known?.tags),
      optional(userDownload, known?.users)
    ])
    const failures = Object.entries({ policies, roles, tags, users }).flatMap(
      ([part, found]): ReadonlyArray<PartFailure> =>
        E.isLeft(found) ? [{ part: part as RangerPart, error: found.left }] : []
    )
    if (E.isLeft(policies) || E.isLeft(roles) || E.isLeft(tags) || E.isLeft(users)) return E.left(failures)
    return E.right(
      assembleSnapshot(known, { policies: policies.right, roles: roles.right, tags: tags.right, users: users.right })
    )
  }

  const cache =
    cacheFolder === undefined ? undefined : createSnapshotCache({ folder: cacheFolder, url, serviceName, clock })
  return createPolledSource({
    name: `Ranger Admin, service ${serviceName}`,
    pollIntervalMs,
    clock,
    doubts: settings,
    read,
    ...(cache === undefined ? {} : { restore: cache.restore, save: cache.save }),
    onEvent: options.onEvent
  })
}

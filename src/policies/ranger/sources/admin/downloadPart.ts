/** One document from Ranger Admin: newer than what is known, or what is known. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../../../../Fault.ts'
import { isObject, ownField } from '../../../../internal/objects.ts'
import type { InvalidInput } from '../../../../SyncError.ts'
import { SyncError } from '../../../../SyncError.ts'
import { applyPolicyDeltas } from '../../model/applyPolicyDeltas.ts'
import type { ServicePolicies } from '../../model/ServicePolicies.ts'
import type { AdminClient } from './AdminClient.ts'
import { misfitOf } from './misfitOf.ts'
import type { PartDownload } from './partDownloads.ts'
import { policyDownload } from './partDownloads.ts'

/** What is the same for all documents of one look. */
export interface DownloadContext {
  readonly client: AdminClient
  readonly serviceName: string
  readonly isSecure: boolean
  /** Sent with every request: who asks, and since when the known versions are in force. */
  readonly query: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

const invalid = (subject: string, path: string, rule: string): InvalidInput =>
  SyncError.InvalidInput({ subject, faults: [fault(path, rule)] })

/** Text as JSON. Undefined: not modified. */
const ask = async <A>(
  { client, isSecure, query, signal }: DownloadContext,
  { part, path, versionParameter, always }: PartDownload<A>,
  version: number,
  more: Readonly<Record<string, string>>
): Promise<E.Either<SyncError, unknown>> => {
  const what = `download of ${part}`
  const parameters = { ...query, ...always, ...more, [versionParameter]: String(version) }
  const answer = await client.get(path(isSecure), parameters, what, signal)
  if (E.isLeft(answer)) return answer
  if (answer.right.type === 'not modified') return E.right(undefined)
  try {
    return E.right(JSON.parse(answer.right.text) as unknown)
  } catch {
    // The parser's words quote the text, which is not ours to repeat.
    return E.left(invalid(`Ranger ${part}`, '', 'must be JSON'))
  }
}

/** A document of the right service with a version: `{}` is none, whatever a reader makes of it. */
const check = <A>(
  { serviceName }: DownloadContext,
  { part, read, versionOf, serviceOf }: PartDownload<A>,
  json: unknown
): E.Either<InvalidInput, A> => {
  const document = read(json)
  if (E.isLeft(document)) return document
  if (versionOf(document.right) < 0) return E.left(invalid(`Ranger ${part}`, '', 'must name its version'))
  const service = serviceOf(document.right) ?? ''
  return service === '' || service === serviceName
    ? document
    : E.left(invalid(`Ranger ${part}`, 'serviceName', `must be ${serviceName}`))
}

/** Downloads a document whole, unless the known one is the newest. */
export const downloadPart = async <A>(
  context: DownloadContext,
  download: PartDownload<A>,
  known: A | undefined,
  more: Readonly<Record<string, string>> = {}
): Promise<E.Either<SyncError, A>> => {
  const json = await ask(context, download, known === undefined ? -1 : download.versionOf(known), more)
  if (E.isLeft(json)) return json
  if (json.right !== undefined) return check(context, download, json.right)
  if (known !== undefined) return E.right(known)
  return E.left(
    SyncError.PolicySourceFailed({
      source: 'Ranger Admin',
      detail: `it says that its ${download.part} are not modified, although it was asked for all of them`
    })
  )
}

const hasDeltas = (json: unknown): boolean => {
  if (!isObject(json)) return false
  if (Array.isArray(ownField(json, 'policyDeltas'))) return true
  const zones = ownField(json, 'securityZones')
  return (
    isObject(zones) &&
    Object.values(zones).some(zone => isObject(zone) && Array.isArray(ownField(zone, 'policyDeltas')))
  )
}

const applied = (
  context: DownloadContext,
  known: ServicePolicies,
  json: unknown
): E.Either<InvalidInput, ServicePolicies> => {
  const changes = check(context, policyDownload, json)
  if (E.isLeft(changes)) return changes
  const subject = 'Ranger policies'
  if (changes.right.policyVersion < known.policyVersion)
    return E.left(
      invalid(subject, 'policyVersion', `must be at least ${known.policyVersion}: a full download is needed`)
    )
  const misfit = misfitOf(known, changes.right)
  if (misfit !== undefined) return E.left(invalid(subject, misfit.path, `${misfit.rule}: a full download is needed`))
  return applyPolicyDeltas(known, changes.right)
}

/** Downloads the policies, or what has changed in them. Changes that do not fit are reported, and all policies asked for. */
export const downloadPolicies = async (
  context: DownloadContext,
  known: ServicePolicies | undefined,
  onRefused: (error: InvalidInput) => void
): Promise<E.Either<SyncError, ServicePolicies>> => {
  const whole = () => downloadPart(context, policyDownload, undefined, { supportsPolicyDeltas: 'false' })
  if (known === undefined) return whole()
  const json = await ask(context, policyDownload, known.policyVersion, { supportsPolicyDeltas: 'true' })
  if (E.isLeft(json)) return json
  if (json.right === undefined) return E.right(known)
  if (!hasDeltas(json.right)) return check(context, policyDownload, json.right)
  const next = applied(context, known, json.right)
  if (E.isRight(next)) return next
  onRefused(next.left)
  return whole()
}

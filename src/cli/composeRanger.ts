/** Policies out of Apache Ranger, by a file of settings. */
import { dirname, resolve } from 'node:path'
import { compact } from '../internal/objects.ts'
import { managedSet } from '../policies/ManagedNames.ts'
import { createRangerPolicySource } from '../policies/ranger/compile/createRangerPolicySource.ts'
import { onSnapshotDifference } from '../policies/ranger/difference/onSnapshotDifference.ts'
import { readRangerSettings } from '../policies/ranger/settings/readRangerSettings.ts'
import type { RangerSettings } from '../policies/ranger/settings/RangerSettings.ts'
import { createRangerAdminSource } from '../policies/ranger/sources/admin/createRangerAdminSource.ts'
import type { RangerAuth } from '../policies/ranger/sources/admin/RangerAuth.ts'
import { createRangerFileSource } from '../policies/ranger/sources/createRangerFileSource.ts'
import type { RangerSource, RangerSourceEvent } from '../policies/ranger/sources/RangerSource.ts'
import { withHeldNotes } from '../policies/ranger/sources/withHeldNotes.ts'
import type { PolicySource } from '../PolicySource.ts'
import { orThrow } from '../Promises.ts'
import type { Secret } from '../Secret.ts'
import { describeDifference } from './describeDifference.ts'
import { describeRangerEvent } from './describeRangerEvent.ts'
import { missing } from './missing.ts'
import { readText } from './readText.ts'

/** Policies, and where they come from. */
export interface RangerPolicies {
  readonly policies: PolicySource
  /** It looks once where it is asked; started, it looks again and again. Whoever has it stops it. */
  readonly ranger: RangerSource
}

/** Throws InvalidInput where the file is not right, or user and password do not go together. */
export const composeRanger = async (
  file: string,
  password: Secret | undefined,
  tell: (text: string) => void
): Promise<RangerPolicies> => {
  const settings = orThrow(readRangerSettings(await readText(file), file))
  const ranger = createSource(settings, authOf(settings, password), dirname(file), event => {
    const line = describeRangerEvent(event)
    if (line !== undefined) tell(line)
  })
  const names = compact({ principals: settings.principals })
  onSnapshotDifference(ranger, names, (difference, { before }) => {
    // Where there was nothing, everything is new, and everybody knows.
    if (before !== undefined) tell(describeDifference(difference))
  })
  const policies = createRangerPolicySource({ source: ranger, managed: managedSet(settings.managed), ...names })
  return { policies: withHeldNotes(policies, ranger), ranger }
}

const authOf = ({ user }: RangerSettings, password: Secret | undefined): RangerAuth => {
  if (user === undefined && password === undefined) return { type: 'none' }
  if (user === undefined || password === undefined)
    throw missing(['rangerPassword'], 'must be given where the Ranger settings name a user, and only there')
  return { type: 'basic', user, password }
}

const createSource = (
  settings: RangerSettings,
  auth: RangerAuth,
  folder: string,
  onEvent: (event: RangerSourceEvent) => void
): RangerSource => {
  // The settings were checked: where there are no files, there are both a url and a service.
  const { files, url = '', service = '', allowHttp, without, timeoutMs, cacheFolder } = settings
  const { pollIntervalMs, allowShrink, allowOlder } = settings
  const common = { ...compact({ pollIntervalMs, allowShrink, allowOlder }), onEvent }
  const inFolder = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path))
  if (files === undefined) {
    const more = compact({ allowHttp, without, timeoutMs, cacheFolder: inFolder(cacheFolder) })
    return createRangerAdminSource({ url, serviceName: service, auth, ...more, ...common })
  }
  const { roles, tags, users } = files
  const others = compact({ roles: inFolder(roles), tags: inFolder(tags), users: inFolder(users) })
  return createRangerFileSource({ policies: resolve(folder, files.policies), ...others, ...common })
}

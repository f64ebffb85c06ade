/** From the text of Ranger settings to the settings, or to their faults with their lines. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { CodecFault } from '../../../internal/codecFaults.ts'
import type { InvalidInput } from '../../../SyncError.ts'
import { managedFaults } from '../../ManagedNames.ts'
import { readYaml } from '../../readYaml.ts'
import { urlFaults } from '../sources/admin/createRangerAdminSource.ts'
import { userFaults } from '../sources/admin/RangerAuth.ts'
import type { RangerSettings } from './RangerSettings.ts'
import { adminFields, RangerSettingsCodec } from './RangerSettings.ts'

const placeFaults = (settings: RangerSettings): ReadonlyArray<CodecFault> => {
  const { url, service, files } = settings
  if ((url === undefined) === (files === undefined))
    return [{ path: url === undefined ? [] : ['files'], rule: 'must say where Ranger is: url or files, and not both' }]
  if (url !== undefined && service === undefined) return [{ path: ['service'], rule: 'must be given with a url' }]
  return adminFields
    .filter(field => files !== undefined && settings[field] !== undefined)
    .map(field => ({ path: [field], rule: 'must not be given with files: it is about a Ranger Admin' }))
}

const checkRangerSettings = (settings: RangerSettings): ReadonlyArray<CodecFault> => {
  const { url, allowHttp = false, user, managed } = settings
  const ofAdmin = [
    ...(url === undefined ? [] : urlFaults(url, allowHttp)),
    ...(user === undefined ? [] : userFaults('user', user))
  ]
  return [
    ...placeFaults(settings),
    ...ofAdmin.flatMap(found => (found === undefined ? [] : [{ path: [found.path], rule: found.rule }])),
    ...managedFaults(managed, ['managed'])
  ]
}

/**
 * Reads Ranger settings, YAML or JSON. All faults are reported, each with its line; a file with a fault is refused whole, and no fault repeats a value.
 *
 * **When to use**: to check such a file, or to set a host of your own up by one; paths in it are as written.
 *
 * **Errors**: InvalidInput.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { describeError } from 'on-demand-sync'
 * import { readRangerSettings } from 'on-demand-sync/policies'
 *
 * const read = readRangerSettings('url: https://ranger.example.com\nservise: sf\nmanaged: { roles: "G_*" }\n', 'ranger.yaml')
 * if (E.isRight(read) || !describeError(read.left).includes('line 2, column 10: servise: is not a known field')) throw new Error('unexpected')
 * ```
 */
export const readRangerSettings = (text: string, name: string): Either<InvalidInput, RangerSettings> =>
  readYaml(text, name, RangerSettingsCodec, checkRangerSettings)

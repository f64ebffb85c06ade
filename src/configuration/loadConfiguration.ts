/** The configuration out of a YAML file and the environment. */
import * as E from 'fp-ts/lib/Either.js'
import { SyncException } from '../Promises.ts'
import type { ReadConfiguration } from './Configuration.ts'
import { readConfiguration } from './Configuration.ts'
import type { RawProperties } from './readProperties.ts'
import { overlaid } from './readProperties.ts'
import { readPropertiesFile } from './readPropertiesFile.ts'

/** Where to read from. */
export interface ConfigurationSources {
  /** A YAML (or JSON) file with one property per key. Default: none. */
  readonly file?: string
  /** Properties that win over the file's, under whichever spelling either has them. Default: the environment of this process. */
  readonly env?: RawProperties
}

/**
 * Reads the file, then the environment over it; what is empty counts as not given. Rejects with `SyncException` (InvalidInput) naming all faults.
 *
 * @example
 * ```ts
 * import { loadConfiguration } from 'on-demand-sync'
 *
 * const env = { CONNECTOR_ON_DEMAND_V2_ENABLED: 'true', CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'false' }
 * const { configuration } = await loadConfiguration({ env })
 * if (!configuration.enabled) throw new Error('unexpected')
 * ```
 */
export const loadConfiguration = async ({
  file,
  env = process.env
}: ConfigurationSources = {}): Promise<ReadConfiguration> => {
  const fromFile = file === undefined ? {} : await readPropertiesFile(file)
  const read = readConfiguration(overlaid(fromFile, env))
  if (E.isLeft(read)) throw new SyncException(read.left)
  return read.right
}

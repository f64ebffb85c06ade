/** The configuration out of a YAML file and the environment. */
import * as E from 'fp-ts/lib/Either.js'
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { fault } from '../Fault.ts'
import { isObject } from '../internal/objects.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import type { ReadConfiguration } from './Configuration.ts'
import { readConfiguration } from './Configuration.ts'
import type { RawProperties } from './readProperties.ts'

/** Where to read from. */
export interface ConfigurationSources {
  /** A YAML (or JSON) file with one property per key. Default: none. */
  readonly file?: string
  /** Properties that win over the file's. Default: the environment of this process. */
  readonly env?: RawProperties
}

/**
 * Reads the file, then the environment over it. Rejects with `SyncException` (InvalidInput) naming all faults.
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
  const read = readConfiguration({ ...fromFile, ...env })
  if (E.isLeft(read)) throw new SyncException(read.left)
  return read.right
}

const readPropertiesFile = async (file: string): Promise<RawProperties> => {
  const refuse = (rule: string) =>
    new SyncException(SyncError.InvalidInput({ subject: file, faults: [fault('', rule)] }))
  const text = await readFile(file, 'utf8').catch(() => {
    // Why it can't be read is the system's own text; what matters is which file.
    throw refuse('must be a file that can be read')
  })
  let content: unknown
  try {
    content = parse(text) as unknown
  } catch {
    // The parser's message quotes the file, which holds secrets.
    throw refuse('must be YAML')
  }
  if (!isObject(content)) throw refuse('must hold one property per key')
  return content as RawProperties
}

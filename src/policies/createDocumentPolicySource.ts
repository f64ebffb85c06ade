/** A policy document as a `PolicySource`. */
import * as E from 'fp-ts/lib/Either.js'
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createExclusive } from '../internal/exclusive.ts'
import type { PolicySource } from '../PolicySource.ts'
import { fromPromise, SyncException } from '../Promises.ts'
import type { InvalidInput } from '../SyncError.ts'
import { describeError } from '../describeError.ts'
import { SyncError } from '../SyncError.ts'
import type { DecideAccess } from './compilePolicyDocument.ts'
import { compilePolicyDocument } from './compilePolicyDocument.ts'
import { readPolicyDocument } from './readPolicyDocument.ts'

/** Options of {@link createDocumentPolicySource}: a file, or the text itself. */
export type DocumentPolicySourceOptions = ({ readonly path: string } | { readonly text: string }) & {
  /** Hears that a changed file was taken over, or that it was refused and the last good one stays in force. */
  readonly onEvent?: (
    event:
      | { readonly type: 'policies loaded'; readonly version: string }
      | { readonly type: 'policies refused'; readonly error: InvalidInput }
  ) => void
}

interface Loaded {
  readonly decide: DecideAccess
  readonly version: string
}

/**
 * Policies out of a document. A file is looked at before every decision and read again when it has changed; a changed file with a fault in it is refused, and the last good policies stay in force.
 *
 * **Errors**: PolicySourceFailed while there has been no good document yet.
 *
 * @example
 * ```ts
 * import { toPromise } from 'on-demand-sync'
 * import { createDocumentPolicySource } from 'on-demand-sync/policies'
 *
 * const text = 'version: 1\nmanaged: { roles: ANALYST }\ngrants:\n  - { to: ANALYST, on: SALES.PUBLIC.*, privileges: select }\n'
 * const policies = createDocumentPolicySource({ text })
 * const orders = { kind: 'table' as const, name: { database: 'SALES', schema: 'PUBLIC', table: 'ORDERS' }, columns: [] }
 * const [access] = await toPromise(policies.accessFor([orders], { signal: new AbortController().signal }))
 * if (access?.grants[0]?.privilege !== 'SELECT') throw new Error('unexpected')
 * ```
 */
export const createDocumentPolicySource = (options: DocumentPolicySourceOptions): PolicySource => {
  const { onEvent = () => undefined } = options
  const name = 'path' in options ? options.path : 'policy document'
  const inTurn = createExclusive()
  let loaded: Loaded | undefined
  let seen: string | undefined

  const take = (text: string): void => {
    const read = readPolicyDocument(text, name)
    if (E.isLeft(read)) {
      if (loaded === undefined)
        throw new SyncException(
          SyncError.PolicySourceFailed({ source: name, detail: describeError(read.left), cause: read.left })
        )
      onEvent({ type: 'policies refused', error: read.left })
      return
    }
    const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
    loaded = { decide: compilePolicyDocument(read.right), version }
    onEvent({ type: 'policies loaded', version })
  }

  const current = async (): Promise<Loaded> => {
    if ('text' in options) {
      if (loaded === undefined) take(options.text)
    } else {
      const { mtimeMs, size, ino } = await stat(options.path)
      const mark = `${mtimeMs} ${size} ${ino}`
      if (mark !== seen) {
        take(await readFile(options.path, 'utf8'))
        seen = mark
      }
    }
    if (loaded === undefined)
      throw new SyncException(SyncError.PolicySourceFailed({ source: name, detail: 'nothing was loaded' }))
    return loaded
  }

  /** A file that can't be read now does not take the policies out of force that were read before. */
  const currentOrLast = async (): Promise<Loaded> => {
    try {
      return await current()
    } catch (cause) {
      if (loaded === undefined) throw cause
      return loaded
    }
  }

  return {
    accessFor: resources =>
      fromPromise(
        'document policy source',
        async () => {
          const { decide, version } = await inTurn(currentOrLast)
          return resources.map(resource => ({ ...decide(resource), policyVersion: version }))
        },
        cause => SyncError.PolicySourceFailed({ source: name, detail: 'the file cannot be read', cause })
      )
  }
}

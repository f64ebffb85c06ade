/** From the text of a policy document to the document, or to its faults with their lines. */
import type { Either } from 'fp-ts/lib/Either.js'
import type { InvalidInput } from '../SyncError.ts'
import { checkPolicyDocument } from './checkPolicyDocument.ts'
import type { PolicyDocument } from './PolicyDocument.ts'
import { PolicyDocumentCodec } from './PolicyDocument.ts'
import { readYaml } from './readYaml.ts'

/**
 * Reads a policy document, YAML or JSON. All faults are reported, each with its line; a document with a fault is refused whole.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { describeError } from 'on-demand-sync'
 * import { readPolicyDocument } from 'on-demand-sync/policies'
 *
 * const read = readPolicyDocument('version: 1\nmanaged: { roles: ANALYST }\ngrants:\n  - { to: ANALIST, on: S.P.T, privileges: select }\n', 'policies.yaml')
 * if (E.isRight(read) || !describeError(read.left).includes('line 4')) throw new Error('unexpected')
 * ```
 */
export const readPolicyDocument = (text: string, name: string): Either<InvalidInput, PolicyDocument> =>
  readYaml(text, name, PolicyDocumentCodec, checkPolicyDocument)

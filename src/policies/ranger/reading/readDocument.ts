/** What all readers of Ranger's documents share: text or parsed JSON in, the whole document or all its faults out, never a throw. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '../../../Fault.ts'
import { fault } from '../../../Fault.ts'
import type { InvalidInput } from '../../../SyncError.ts'
import { SyncError } from '../../../SyncError.ts'
import type { Json } from './Json.ts'
import { isRecord, jsonOf } from './Json.ts'

const parse = (json: unknown): E.Either<ReadonlyArray<Fault>, unknown> => {
  if (typeof json !== 'string') return E.right(json)
  try {
    return E.right(JSON.parse(json) as unknown)
  } catch {
    // The parser's words quote the text, which is not ours to repeat.
    return E.left([fault('', 'must be JSON')])
  }
}

/** Reads a document with `read`; one fault is enough to refuse it whole. */
export const readDocument = <A>(subject: string, json: unknown, read: (json: Json) => A): E.Either<InvalidInput, A> => {
  const parsed = parse(json)
  if (E.isLeft(parsed)) return E.left(SyncError.InvalidInput({ subject, faults: parsed.left }))
  const faults: Array<Fault> = []
  const root = jsonOf(parsed.right, faults)
  const value = isRecord(root) ? read(root) : undefined
  return faults.length > 0 || value === undefined ? E.left(SyncError.InvalidInput({ subject, faults })) : E.right(value)
}

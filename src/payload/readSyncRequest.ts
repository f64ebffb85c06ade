/**
 * The tolerant reader. Written by hand, not as a codec, for three reasons: it reports all faults with plain rules, it spreads lists of names,
 * and it runs once per event, before anything else. A property test holds it against the strict codec.
 */
import * as E from 'fp-ts/lib/Either.js'
import { joinPath } from '../Fault.ts'
import { isObject, ownField } from '../internal/objects.ts'
import type { PayloadRejected } from '../SyncError.ts'
import type { ResourceReference, SyncRequest } from '../SyncRequest.ts'
import { fieldRules } from '../SyncRequest.ts'
import type { FaultCollector, RejectionReason } from './FaultCollector.ts'
import { createFaultCollector } from './FaultCollector.ts'
import { readReferences } from './readReferences.ts'

/** Reads a parsed body; lists at most 100 faults. */
export const readSyncRequest = (body: unknown, maxReferences: number): E.Either<PayloadRejected, SyncRequest> => {
  const faults = createFaultCollector()
  if (!isObject(body)) {
    faults.add('unreadable', '', 'must be a JSON object')
    return E.left(faults.rejected(undefined))
  }
  const request = readFields(body, maxReferences, faults)
  if (request !== undefined && faults.isEmpty()) return E.right(request)
  const id = ownField(body, 'id')
  return E.left(faults.rejected(fieldRules.text.codec.is(id) ? id : undefined))
}

const readFields = (body: object, maxReferences: number, faults: FaultCollector): SyncRequest | undefined => {
  const id = readText(body, 'id', faults)
  readFixed(body, 'type', 'RESOURCE_SYNC', 'unsupported', faults)
  readFixed(body, 'appType', 'PS_CONNECTOR', 'foreign', faults)
  readFixed(body, 'appSubType', 'SNOWFLAKE', 'foreign', faults)
  const source = readOptional(body, 'source', 'text', faults)
  const createTime = readOptional(body, 'createTime', 'time', faults)
  const resources = readResources(body, maxReferences, faults)
  if (id === undefined || resources === undefined) return undefined
  return {
    id,
    type: 'RESOURCE_SYNC',
    appType: 'PS_CONNECTOR',
    appSubType: 'SNOWFLAKE',
    ...(source === undefined ? {} : { source }),
    ...(createTime === undefined ? {} : { createTime }),
    requestInfo: { resources }
  }
}

const readText = (body: object, key: string, faults: FaultCollector): string | undefined => {
  const value = ownField(body, key)
  if (fieldRules.text.codec.is(value)) return value
  faults.add('invalid', key, fieldRules.text.rule)
  return undefined
}

/** Optional fields may also be null: many writers cannot leave a field out. */
const readOptional = (body: object, key: string, rule: 'text' | 'time', faults: FaultCollector): string | undefined => {
  const value = ownField(body, key)
  if (value === undefined || value === null) return undefined
  if (fieldRules[rule].codec.is(value)) return value
  faults.add('invalid', key, fieldRules[rule].rule)
  return undefined
}

/** A missing fixed field is a broken request; a different text in it is a request for somebody or something else. */
const readFixed = (
  body: object,
  key: string,
  expected: string,
  otherwise: RejectionReason,
  faults: FaultCollector
): void => {
  const value = ownField(body, key)
  if (value === expected) return
  if (typeof value !== 'string') {
    faults.add('invalid', key, `must be ${expected}`)
    return
  }
  if (value.toUpperCase() !== expected) faults.add(otherwise, key, `must be ${expected}`)
}

const readResources = (
  body: object,
  maxReferences: number,
  faults: FaultCollector
): ReadonlyArray<ResourceReference> | undefined => {
  const info = ownField(body, 'requestInfo')
  const path = joinPath('requestInfo', 'resources')
  if (!isObject(info)) {
    faults.add('invalid', 'requestInfo', 'must be an object with resources')
    return undefined
  }
  const resources = ownField(info, 'resources')
  if (!Array.isArray(resources) || resources.length === 0) {
    faults.add('invalid', path, 'must be a list that names at least one resource')
    return undefined
  }
  return readReferences(resources, maxReferences, faults)
}

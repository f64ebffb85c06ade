/**
 * Stage 2: an event's body becomes a {@link SyncRequest}, or the reason why it is none.
 *
 * bytes | text | parsed JSON  --decode-->  SyncRequest  --encode-->  text
 */
import * as E from 'fp-ts/lib/Either.js'
import { readSyncRequest } from './payload/readSyncRequest.ts'
import { quoteIfAmbiguous } from './payload/storedName.ts'
import { strictFaults } from './payload/strictFaults.ts'
import { fault } from './Fault.ts'
import { atLeast, requireOptions } from './checkOptions.ts'
import type { InvalidInput, PayloadRejected } from './SyncError.ts'
import { SyncError } from './SyncError.ts'
import type { ResourceReference, SyncRequest } from './SyncRequest.ts'

/**
 * Port: reads bodies and writes them.
 *
 * An implementation never throws, whatever it is given, reports every fault at once, and puts no value of the body into an error.
 * Batching, merging of equal references and the question whether a resource exists are not its job.
 */
export interface PayloadCodec {
  /** Reads a body: `Uint8Array` (UTF-8 JSON), a string (JSON), or JSON that was already parsed. */
  readonly decode: (body: unknown) => E.Either<PayloadRejected, SyncRequest>
  /** Writes a request in canonical form; refuses one that breaks a rule of the format. */
  readonly encode: (request: SyncRequest) => E.Either<InvalidInput, string>
}

/** Options of {@link createPayloadCodec}. */
export interface PayloadCodecOptions {
  /** Most references one request may name once lists are spread out. Default 10,000, at least 1. */
  readonly maxReferences?: number
}

/** The defaults of {@link PayloadCodecOptions}. */
export const defaultPayloadCodecOptions: Required<PayloadCodecOptions> = Object.freeze({ maxReferences: 10_000 })

/**
 * The codec of the published payload: tolerant in reading, strict in writing.
 *
 * **Details**: reading accepts any case of `type`, `appType`, `appSubType` and resource `type`; a list of names where one name
 * is expected (one reference each); `view` for `table`; `"quoted"` names; unknown fields. Writing uses none of these freedoms.
 *
 * **Errors**: `decode` PayloadRejected, `encode` InvalidInput; a bad option throws InvalidInput.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { createPayloadCodec } from 'on-demand-sync/payload'
 *
 * const codec = createPayloadCodec()
 * const decoded = codec.decode(`{"id":"t-1","type":"resource_sync","appType":"PS_CONNECTOR","appSubType":"snowflake",
 *   "requestInfo":{"resources":[{"type":"table","values":{"database":"DB","schema":"S","table":["A","B"]}}]}}`)
 * if (E.isLeft(decoded)) throw new Error('unexpected')
 * if (decoded.right.requestInfo.resources.length !== 2) throw new Error('unexpected')
 * ```
 */
export const createPayloadCodec = (options: PayloadCodecOptions = {}): PayloadCodec => {
  const { maxReferences } = { ...defaultPayloadCodecOptions, ...options }
  requireOptions('createPayloadCodec', [atLeast('maxReferences', maxReferences, 1)])
  return {
    decode: body => {
      try {
        const json = parseBody(body)
        return E.isLeft(json) ? json : readSyncRequest(json.right, maxReferences)
      } catch {
        // Only an object with hostile accessors gets here; what it threw is its own text, so it is dropped.
        return unreadable('must be plain JSON')
      }
    },
    encode: request => {
      const faults = strictFaults(request)
      if (faults.length > 0) return E.left(SyncError.InvalidInput({ subject: 'sync request', faults }))
      return E.right(JSON.stringify(canonical(request)))
    }
  }
}

/** The codec with its defaults. */
export const payloadCodec: PayloadCodec = createPayloadCodec()

const unreadable = (rule: string): E.Either<PayloadRejected, never> =>
  E.left(SyncError.PayloadRejected({ reason: 'unreadable', faults: [fault('', rule)] }))

const utf8 = new TextDecoder('utf-8', { fatal: true })

const parseBody = (body: unknown): E.Either<PayloadRejected, unknown> => {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return E.right(body)
  let text: string
  try {
    text = typeof body === 'string' ? body : utf8.decode(body)
  } catch {
    // What the decoder throws says nothing that the rule below does not.
    return unreadable('must be UTF-8 text')
  }
  try {
    // Of bytes, the decoder has taken the mark away.
    return E.right(JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown)
  } catch {
    // The parser's message quotes the body, so it is dropped on purpose.
    return unreadable('must be JSON')
  }
}

/** The written form: fields in the documented order, names that look quoted are quoted once more so that reading restores them. */
const canonical = (request: SyncRequest): unknown => {
  const { id, type, appType, appSubType, source, createTime, requestInfo } = request
  const resources = requestInfo.resources.map(({ type: kind, values }: ResourceReference) => ({
    type: kind,
    values: Object.fromEntries(Object.entries(values).map(([key, name]) => [key, quoteIfAmbiguous(name)]))
  }))
  return { id, type, appType, appSubType, source, createTime, requestInfo: { resources } }
}

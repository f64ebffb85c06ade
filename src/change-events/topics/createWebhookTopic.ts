/** Messages as signed HTTP requests. */
import * as E from 'fp-ts/lib/Either.js'
import { atLeast, requireOptions } from '../../checkOptions.ts'
import { fault } from '../../Fault.ts'
import type { Clock } from '../../internal/Clock.ts'
import { systemClock } from '../../internal/Clock.ts'
import type { Secret } from '../../Secret.ts'
import { SyncError } from '../../SyncError.ts'
import type { ChangeTopic, PublishOptions, Refusal, TopicMessage } from '../ChangeTopic.ts'
import { digestOf } from '../ObjectChange.ts'
import { isWebhookSecret, signWebhook } from './webhookSignature.ts'

/** Options of {@link createWebhookTopic}. */
export interface WebhookTopicOptions {
  /** Where to POST: https, or http on this machine. */
  readonly url: string
  /** What the receiver knows us by: `whsec_` and the key in base64, as the specification writes it, or any other text, whose UTF-8 is the key. */
  readonly secret: Secret
  /** For people. Default: the address without its path, which may hold a token. */
  readonly name?: string
  /** Longest body, in bytes; a longer one becomes a dead letter. Default 1,048,576, at least 1. */
  readonly maxBytes?: number
  readonly clock?: Pick<Clock, 'now'>
  /** Default: the runtime's `fetch`. */
  readonly fetch?: typeof fetch
}

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

const urlIn = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

/** `Retry-After`: seconds, or a date (RFC 9110, 10.2.3). */
const retryAfterMsOf = (header: string | null, nowMs: number): number | undefined => {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000
  const until = Date.parse(header)
  return Number.isNaN(until) ? undefined : Math.max(0, until - nowMs)
}

/** A header holds plain characters only: an id with others goes as its digest, which is as much its own. */
const plainId = (id: string): string => (/^[!-~]{1,256}$/.test(id) ? id : digestOf('webhook', id))

/** What waiting may heal: a timeout, too many requests, a server that is down. */
const mayHeal = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500

/**
 * A topic that POSTs each message as JSON.
 *
 * **Details**: the body is the message's own. The headers `webhook-id`, `webhook-timestamp` and `webhook-signature` follow the Standard Webhooks specification; attributes come as
 * `change-<name>`, percent-encoded (header names have no case: `datasetId` is in `change-datasetid`). Any 2xx takes the message; 408, 425, 429, 5xx and a broken connection are tried again, no sooner
 * than `Retry-After` says; anything else, a redirect included, refuses it. Each attempt is signed anew, with its own time.
 *
 * **Gotchas**: the address is whatever you say it is, inside your network too: take none from a stranger. An event id with other than plain characters comes as its digest in `webhook-id`; whole in `change-eventId`.
 *
 * **Errors**: TopicFailed; bad options throw InvalidInput.
 *
 * @example
 * ```ts no-run
 * import { createSecret } from 'on-demand-sync'
 * import { createWebhookTopic } from 'on-demand-sync/change-events'
 *
 * const topic = createWebhookTopic({ url: 'https://example.com/hooks/orders', secret: createSecret('a long random text') })
 * void topic
 * ```
 */
export const createWebhookTopic = (options: WebhookTopicOptions): ChangeTopic => {
  const { secret, maxBytes = 1_048_576, clock = systemClock, fetch: send = fetch } = options
  const url = urlIn(options.url)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
  requireOptions('createWebhookTopic', [
    isSafe ? undefined : fault('url', 'must be an https address (http on this machine)'),
    url === undefined || (url.username === '' && url.password === '')
      ? undefined
      : fault('url', 'must have no user and no password: the signature is what the receiver knows us by'),
    isWebhookSecret(secret.reveal())
      ? undefined
      : fault('secret', 'must not be empty, and base64 where it begins with whsec_'),
    atLeast('maxBytes', maxBytes, 1)
  ])
  const name = options.name ?? `webhook ${url?.origin ?? ''}`
  const failed = (detail: string, retryable: boolean, cause?: unknown): SyncError =>
    SyncError.TopicFailed({ topic: name, detail, retryable, ...(cause === undefined ? {} : { cause }) })

  const post = async (
    message: TopicMessage,
    { signal }: PublishOptions
  ): Promise<Omit<Refusal, 'index'> | undefined> => {
    const body = JSON.stringify(message.body)
    if (Buffer.byteLength(body) > maxBytes)
      return { error: failed(`the message is longer than ${maxBytes} bytes`, false) }
    const seconds = Math.floor(clock.now() / 1_000)
    const id = plainId(message.id)
    const attributes = Object.entries(message.attributes).map(([key, value]) => [
      `change-${key}`,
      encodeURIComponent(value.toWellFormed())
    ])
    try {
      const response = await send(options.url, {
        method: 'POST',
        body,
        redirect: 'manual',
        headers: {
          ...(Object.fromEntries(attributes) as Record<string, string>),
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signWebhook(secret, id, seconds, body)
        },
        ...(signal === undefined ? {} : { signal })
      })
      // Nobody reads the answer's body; left open, it would hold the connection.
      await response.body?.cancel()
      if (response.ok) return undefined
      const retryAfterMs = retryAfterMsOf(response.headers.get('retry-after'), clock.now())
      return {
        error: failed(`the receiver answered ${response.status}`, mayHeal(response.status)),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs })
      }
    } catch (cause) {
      return { error: failed('the receiver could not be reached', true, cause) }
    }
  }

  return {
    name,
    maxBatch: 1,
    publish:
      (messages, publishOptions = {}) =>
      async () => {
        const ends = await Promise.all(messages.map(message => post(message, publishOptions)))
        return E.right(ends.flatMap((refusal, index) => (refusal === undefined ? [] : [{ index, ...refusal }])))
      }
  }
}

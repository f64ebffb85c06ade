/** Signatures of webhooks, after the Standard Webhooks specification (standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../Secret.ts'

/** How the specification writes secrets: the key's bytes in base64, behind this prefix. */
const prefix = 'whsec_'
const serialized = /^whsec_[A-Za-z0-9+/]+={0,2}$/

/** Whether a text can be a secret: anyone could sign with an empty one, and the specification's prefix announces base64. */
export const isWebhookSecret = (text: string): boolean =>
  text.startsWith(prefix) ? serialized.test(text) : text !== ''

/** The key's bytes: what `whsec_` announces, or the text itself. */
const keyOf = (text: string): Buffer =>
  serialized.test(text) ? Buffer.from(text.slice(prefix.length), 'base64') : Buffer.from(text)

/** `v1,` and the HMAC-SHA256 of `id.timestamp.body`, in base64. Of a secret that begins with `whsec_` the rest is the key in base64, as other libraries for such webhooks take it. */
export const signWebhook = (secret: Secret, id: string, timestampSeconds: number, body: string): string =>
  `v1,${createHmac('sha256', keyOf(secret.reveal())).update(`${id}.${timestampSeconds}.${body}`).digest('base64')}`

/** What {@link verifyWebhook} looks at. */
export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** The body as it came, byte for byte. */
  readonly body: string
}

/** Options of {@link verifyWebhook}. */
export interface VerifyWebhookOptions {
  /** Any one of these will do: while a secret is being replaced, both are given. An empty one never does. */
  readonly secrets: ReadonlyArray<Secret>
  /** How old, or how far ahead, a message may be, in milliseconds. Default 300,000 (five minutes), at least 0. */
  readonly toleranceMs?: number
  /** Default: the machine's time. */
  readonly nowMs?: number
}

/**
 * For receivers: whether a webhook came from somebody who knows the secret, lately. Duplicates are yours to remove, by the header `webhook-id`.
 *
 * @example
 * ```ts
 * import { createSecret } from 'on-demand-sync'
 * import { signWebhook, verifyWebhook } from 'on-demand-sync/change-events'
 *
 * const secret = createSecret('a long random text')
 * const headers = { 'webhook-id': 'e1', 'webhook-timestamp': '60', 'webhook-signature': signWebhook(secret, 'e1', 60, '{}') }
 * if (!verifyWebhook({ headers, body: '{}' }, { secrets: [secret], nowMs: 61_000 })) throw new Error('unexpected')
 * if (verifyWebhook({ headers, body: '{ }' }, { secrets: [secret], nowMs: 61_000 })) throw new Error('unexpected')
 * ```
 */
export const verifyWebhook = (
  { headers, body }: ReceivedWebhook,
  { secrets, toleranceMs = 300_000, nowMs = Date.now() }: VerifyWebhookOptions
): boolean => {
  const header = (name: string): string => {
    const value = headers[name]
    return typeof value === 'string' ? value : ''
  }
  const timestamp = header('webhook-timestamp')
  const seconds = Number(timestamp)
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowMs - seconds * 1_000) > toleranceMs) return false
  const given = header('webhook-signature').split(' ')
  return secrets.some(secret => {
    if (!isWebhookSecret(secret.reveal())) return false
    const wanted = signWebhook(secret, header('webhook-id'), seconds, body)
    // Every comparison is made, each in constant time.
    return given.filter(signature => areEqual(signature, wanted)).length > 0
  })
}

const areEqual = (a: string, b: string): boolean => {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

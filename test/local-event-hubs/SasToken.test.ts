import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createSasToken, verifySasToken } from '../../src/testing/local-event-hubs/SasToken.ts'

const key = { name: 'root', key: 'c2VjcmV0LWtleQ==' }
const audience = 'sb://127.0.0.1:5672/tasks/ConsumerGroups/$Default/Partitions/0'
const now = 1_700_000_000_000
const token = (resource: string, expiresAtMs = now + 60_000, signer = key) =>
  createSasToken(signer, { resource, expiresAtMs })

describe('a token', () => {
  test('is signed as the documentation has it', () => {
    const resource = encodeURIComponent('sb://127.0.0.1/tasks')
    const signature = createHmac('sha256', key.key).update(`${resource}\n1700000060`).digest('base64')
    expect(token('sb://127.0.0.1/tasks')).toBe(
      `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=1700000060&skn=root`
    )
  })

  test('holds for its resource and for what lies under it', () => {
    const bare = ['127.0.0.1', '127.0.0.1:5672/tasks']
    for (const resource of [audience, 'sb://127.0.0.1/tasks', 'https://127.0.0.1/', ...bare]) {
      expect(verifySasToken(token(resource), audience, [key], now)).toEqual({
        rights: ['Listen', 'Send', 'Manage'],
        expiresAtMs: now + 60_000
      })
    }
  })

  test('carries the rights of its key', () => {
    const listener = { ...key, rights: ['Listen'] as const }
    expect(verifySasToken(token(audience), audience, [listener], now).rights).toEqual(['Listen'])
  })
})

describe('refused', () => {
  const refusal = (given: string, at = now): string => {
    try {
      verifySasToken(given, audience, [key], at)
      return 'nothing'
    } catch (cause) {
      return (cause as Error).message
    }
  }

  test('when it has lapsed, telling when', () => {
    expect(refusal(token(audience), now + 60_000)).toBe(
      "ExpiredToken: The token is expired. Expiration time: '2023-11-14 22:14:20Z'"
    )
  })

  test('when the key, its name, the resource or the expiry is another', () => {
    const invalid = 'InvalidSignature: The token has an invalid signature.'
    expect(refusal(token(audience, undefined, { name: 'root', key: 'other' }))).toBe(invalid)
    expect(refusal(token(audience, undefined, { name: 'stranger', key: key.key }))).toBe(invalid)
    expect(refusal(token(audience).replace(/se=\d+/, 'se=1999999999'))).toBe(invalid)
    expect(refusal(token(audience).replace('tasks', 'other'))).toBe(invalid)
    expect(refusal(token(audience).replace(/sig=[^&]*/, 'sig='))).toBe(invalid)
  })

  test('when it is for another host or hub', () => {
    const others = ['sb://127.0.0.1/other', 'sb://127.0.0.2/tasks', 'sb://127.0.0.1/task']
    for (const resource of [...others, '127.0.0.2', '127.0.0.1/other', 'tasks', '']) {
      expect(refusal(token(resource))).toBe(
        'InvalidAudience: The authorization header contains a token with a wrong audience.'
      )
    }
  })

  test('when it is no token, and the answer never quotes it', () => {
    for (const given of [
      '',
      'SharedAccessSignature ',
      'Bearer abc',
      'SharedAccessSignature sr=%&sig=%&se=x&skn=%',
      'SharedAccessSignature sr=a&sig=b&se=1'
    ]) {
      expect(refusal(given)).toBe('MalformedToken: The token is not a well-formed shared access signature.')
    }
  })
})

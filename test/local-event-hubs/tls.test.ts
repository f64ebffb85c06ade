import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createJwtVerifier } from '../../src/testing/local-event-hubs/index.ts'
import { bodies, startHubs } from './client.ts'
import { selfSignedCertificate } from './selfSignedCertificate.ts'

const run = promisify(execFile)

/** Runs a script in a process that trusts `cert`: that trust can only be set when a process starts. */
const runTrusting = async (cert: string, script: string, args: ReadonlyArray<string>): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), 'local-event-hubs-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'ca.pem')
  writeFileSync(file, cert)
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script, '--', ...args], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: file },
    cwd: process.cwd()
  })
  return stdout.trim()
}

const sendWithConnectionString = `
import { EventHubProducerClient } from '@azure/event-hubs'
const producer = new EventHubProducerClient(process.argv[1])
await producer.sendBatch([{ body: 'over TLS' }], { partitionId: '0' })
console.log((await producer.getEventHubProperties()).partitionIds.join())
await producer.close()
`

const sendWithCredential = `
import { EventHubProducerClient } from '@azure/event-hubs'
const [address, token] = process.argv.slice(1)
const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3600000 }) }
const producer = new EventHubProducerClient('namespace.servicebus.windows.net', 'tasks', credential, {
  customEndpointAddress: address,
  retryOptions: { maxRetries: 0, timeoutInMs: 3000 }
})
try {
  await producer.sendBatch([{ body: 'with a token' }], { partitionId: '0' })
  console.log('sent')
} catch (error) {
  console.log(error.code, error.message)
}
await producer.close()
`

describe('over TLS', () => {
  test('a client with a connection string sends', async () => {
    const tls = selfSignedCertificate()
    const hubs = await startHubs({ tls })
    expect(hubs.connectionString('tasks')).not.toContain('UseDevelopmentEmulator')
    expect(await runTrusting(tls.cert, sendWithConnectionString, [hubs.connectionString('tasks')])).toBe('0,1')
    expect(bodies(hubs.hub('tasks').events())).toEqual(['over TLS'])
  })

  test('a client with a token credential sends, if the token is one the verifier takes', async () => {
    const tls = selfSignedCertificate()
    const key = new TextEncoder().encode('a secret of at least 32 bytes, for tests')
    const hubs = await startHubs({ tls, verifyJwt: createJwtVerifier({ key, issuer: 'test' }) })
    const sign = (issuer: string, signer = key) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(issuer)
        .setAudience('https://eventhubs.azure.net/')
        .setExpirationTime('1h')
        .sign(signer)
    const send = async (token: string) =>
      runTrusting(tls.cert, sendWithCredential, [`sb://127.0.0.1:${hubs.port}`, token])
    expect(await send(await sign('test'))).toBe('sent')
    expect(await send(await sign('stranger'))).toMatch(/^UnauthorizedError InvalidToken: unexpected "iss" claim value/)
    expect(await send(await sign('test', new Uint8Array(32)))).toMatch(
      /^UnauthorizedError InvalidToken: signature verification failed/
    )
    expect(bodies(hubs.hub('tasks').events())).toEqual(['with a token'])
  })

  test('a token credential is refused where no verifier was given', async () => {
    const tls = selfSignedCertificate()
    const hubs = await startHubs({ tls })
    expect(
      await runTrusting(tls.cert, sendWithCredential, [`sb://127.0.0.1:${hubs.port}`, 'any.token.at-all'])
    ).toMatch(/^UnauthorizedError InvalidToken: This server takes no JSON Web Tokens/)
  })
})

/**
 * A certificate for `localhost` and `127.0.0.1` that vouches for itself, made afresh for each run: no private key lies in the repository.
 *
 * Source: RFC 5280 section 4.1 (the structure), X.690 (its encoding).
 */
import { createSign, generateKeyPairSync } from 'node:crypto'

const der = (tag: number, ...parts: ReadonlyArray<Buffer>): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body])
}
const lengthOf = (length: number): ReadonlyArray<number> => {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}
const sequence = (...parts: ReadonlyArray<Buffer>) => der(0x30, ...parts)
const set = (...parts: ReadonlyArray<Buffer>) => der(0x31, ...parts)
const integer = (bytes: Buffer) => der(0x02, bytes)
const octets = (bytes: Buffer) => der(0x04, bytes)
const bits = (bytes: Buffer) => der(0x03, Buffer.from([0]), bytes)
const yes = der(0x01, Buffer.from([0xff]))
const time = (date: Date) => der(0x18, Buffer.from(`${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`))
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'))

const commonName = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from('localhost')))))
const sha256WithEcdsa = sequence(oid('2a8648ce3d040302'))

const extensions = der(
  0xa3,
  sequence(
    sequence(oid('551d13'), yes, octets(sequence(yes))),
    sequence(
      oid('551d11'),
      octets(sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))))
    )
  )
)

export const selfSignedCertificate = (): { readonly cert: string; readonly key: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const day = 86_400_000
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from([1])),
    sha256WithEcdsa,
    commonName,
    sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions
  )
  const signature = createSign('sha256').update(content).sign(privateKey)
  const certificate = sequence(content, sha256WithEcdsa, bits(signature)).toString('base64')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
}

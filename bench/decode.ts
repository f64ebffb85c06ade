/** Reading a body: ours checks every field; the reference only parses the JSON. */
import { createSyncRequest, payloadCodec, ResourceReference } from 'on-demand-sync/payload'
import { microsecondsPer, report } from './Figure.ts'

const bodyOf = (resources: number): Uint8Array => {
  const request = createSyncRequest({
    resources: Array.from({ length: resources }, (_, n) => ResourceReference.table('SALES', 'PUBLIC', `ORDERS_${n}`)),
    source: 'BENCH'
  })
  const encoded = payloadCodec.encode(request)
  if (encoded._tag === 'Left') throw new Error('not encoded')
  return new TextEncoder().encode(encoded.right)
}

export const decode = (): Promise<void> => {
  for (const resources of [1, 8]) {
    const body = bodyOf(resources)
    const text = new TextDecoder('utf-8', { fatal: true })
    const ours = microsecondsPer(20_000, () => void payloadCodec.decode(body))
    const reference = microsecondsPer(20_000, () => void JSON.parse(text.decode(body)))
    report(
      `decode, ${resources} resources`,
      ours,
      reference,
      'us/event',
      `${body.length} bytes; reference: bare JSON.parse`
    )
  }
  return Promise.resolve()
}

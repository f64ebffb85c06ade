/** The payload alone, in a producer: build a request, send its text wherever the connector listens. Loads neither Azure nor Snowflake packages. */
import { createSyncRequest, payloadCodec, ResourceReference } from 'on-demand-sync/payload'

const request = createSyncRequest({
  source: 'NIGHTLY_LOAD',
  resources: [
    ResourceReference.table('SALES', 'PUBLIC', 'ORDERS'),
    ResourceReference.view('SALES', 'PUBLIC', 'orders "live"')
  ]
})
const encoded = payloadCodec.encode(request)
if (encoded._tag === 'Left') throw new Error('a request that createSyncRequest made can be encoded')
process.stdout.write(`${encoded.right}\n`)

const decoded = payloadCodec.decode(encoded.right)
if (decoded._tag === 'Left' || decoded.right.requestInfo.resources.length !== 2) throw new Error('unexpected')

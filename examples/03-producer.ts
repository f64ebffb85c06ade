/** The payload alone, in a producer: build a request, send its text wherever the connector listens. Loads neither Azure nor Snowflake packages. Run it with `npx tsx examples/03-producer.ts`. */
import { createSyncRequest, orThrow, payloadCodec, ResourceReference } from 'on-demand-sync/payload'

const request = createSyncRequest({
  source: 'NIGHTLY_LOAD',
  resources: [
    ResourceReference.table('SALES', 'PUBLIC', 'ORDERS'),
    ResourceReference.view('SALES', 'PUBLIC', 'orders "live"')
  ]
})
const body = orThrow(payloadCodec.encode(request))
process.stdout.write(`${body}\n`)

if (orThrow(payloadCodec.decode(body)).requestInfo.resources.length !== 2) throw new Error('unexpected')

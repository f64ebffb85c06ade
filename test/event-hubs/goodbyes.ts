/** A process that starts and stops sources at all moments of their beginning, publishes a request and stops, says so, and has nothing left to do. */
import { createSyncRequest, orThrow, ResourceReference } from 'on-demand-sync'
import { createEventHubsSource, createMemoryCheckpointStore, createPublisher } from 'on-demand-sync/event-hubs'

const connectionString = process.env['CONNECTION_STRING'] ?? ''
for (let delayMs = 0; delayMs < 160; delayMs += 4) {
  const source = createEventHubsSource({ connectionString, checkpointStore: createMemoryCheckpointStore() })
  const intake = new AbortController()
  const ended = (async () => {
    for await (const chunk of source.events({ signal: intake.signal })) chunk.at(0)
  })()
  await new Promise(resolve => setTimeout(resolve, delayMs))
  intake.abort()
  await ended
  orThrow(await source.close()())
}
const publisher = createPublisher({ connectionString })
orThrow(await publisher.publish(createSyncRequest({ id: 'a', resources: [ResourceReference.table('D', 'S', 'T')] }))())
orThrow(await publisher.close()())
process.stdout.write('said goodbye')

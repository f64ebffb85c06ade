/** Events of the Event Hubs source as lines for people. */
import { describeError } from '../describeError.ts'
import type { EventHubsSourceEvent } from '../event-hubs/EventHubsSource.ts'

export const describeSourceEvent = (event: EventHubsSourceEvent): string => {
  switch (event.type) {
    case 'client error':
      return describeError(event.error)
    case 'checkpoint failed':
      return `partition ${event.partitionId}: ${describeError(event.error)}`
    case 'client not tamed':
      return `this version of the Event Hubs client is not known: its ${event.part} are as it makes them`
    case 'partition silent':
      return `${event.type}: ${event.partitionId}, for ${event.silentMs} ms`
    case 'events missing':
      return `${event.type}: ${event.count} of partition ${event.partitionId} were dropped by the hub before they were read`
    case 'partition opened':
    case 'partition closed':
    case 'partition lost':
    case 'partition heard':
    case 'hub made anew':
      return `${event.type}: ${event.partitionId}`
  }
}

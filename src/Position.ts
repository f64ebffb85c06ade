import { jsonText } from './internal/jsonText.ts'

/** Where an event stands in its source. The audit trail is keyed by it, so that a redelivery is recognised. */
export interface Position {
  /** Name of the stream: an Event Hub's name. */
  readonly hub: string
  readonly consumerGroup: string
  readonly partitionId: string
  /** Grows by one per event within a partition. */
  readonly sequenceNumber: number
  /** The source's own cursor text. */
  readonly offset: string
}

/** The partition alone, as a text that no two partitions share. */
export const partitionKey = ({
  hub,
  consumerGroup,
  partitionId
}: Omit<Position, 'sequenceNumber' | 'offset'>): string =>
  `[${jsonText(hub)},${jsonText(consumerGroup)},${jsonText(partitionId)}]`

/** The position as a text that no two positions of one source share. */
export const positionKey = (position: Position): string => `${partitionKey(position)}@${position.sequenceNumber}`

/** The position as people write it: `tasks/$Default/3@1207`. */
export const describePosition = ({ hub, consumerGroup, partitionId, sequenceNumber }: Position): string =>
  `${hub}/${consumerGroup}/${partitionId}@${sequenceNumber}`

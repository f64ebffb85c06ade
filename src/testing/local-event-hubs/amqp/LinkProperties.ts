/** What a client says of itself when it attaches a link, and what it is answered. */
import rhea from 'rhea'
import { ServiceError } from '../ServiceError.ts'
import type { Publishing } from '../IdempotentProducers.ts'
import type { AnyLink, IncomingLink, OutgoingLink } from './Rhea.ts'

const SELECTOR = 'apache.org:selector-filter:string'

/** The receiver's identifier; `nil` where it gave none, as the service writes it. */
export const receiverNameOf = (link: OutgoingLink): string => {
  const name = propertyOf(link, 'com.microsoft:receiver-name')
  return typeof name === 'string' && name !== '' ? name : 'nil'
}

/** The epoch, where the receiver wants to own the partition. */
export const epochOf = (link: OutgoingLink): number | undefined => integerOf(propertyOf(link, 'com.microsoft:epoch'))

/** The capabilities the client wishes for. */
export const capabilitiesOf = (link: AnyLink): ReadonlyArray<string> =>
  [link.desired_capabilities as unknown].flat().filter(isText)

/** The expression of the selector filter; undefined for no filter. Throws where the filter is no described string. */
export const selectorOf = (link: OutgoingLink): string | undefined => {
  const filters = (link.source as { readonly filter?: Readonly<Record<string, unknown>> | null } | null)?.filter
  const filter = filters?.[SELECTOR]
  if (filter === undefined || filter === null) return undefined
  const value = typeof filter === 'object' && 'value' in filter ? filter.value : filter
  if (typeof value === 'string') return value
  throw new ServiceError(
    'amqp:not-allowed',
    `The link '${link.name}' contains invalid filter type. A described string is expected for '${SELECTOR}'.`
  )
}

/** What an idempotent producer asks for; fields it leaves to the service are absent. */
export const wantedPublishing = (link: IncomingLink): Partial<Publishing> => {
  const [producerId, epoch, sequenceNumber] = ['id', 'epoch', 'sequence-number'].map(name =>
    integerOf(propertyOf(link, `com.microsoft:producer-${name}`))
  )
  return {
    ...(producerId === undefined ? {} : { producerId }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(sequenceNumber === undefined ? {} : { sequenceNumber })
  }
}

/** Tells an idempotent producer who it is and which number it published last. */
export const answerPublishing = (link: IncomingLink, { producerId, epoch, sequenceNumber }: Publishing): void => {
  link.local.attach.properties = {
    'com.microsoft:producer-id': rhea.types.wrap_long(producerId),
    'com.microsoft:producer-epoch': rhea.types.wrap_short(epoch),
    'com.microsoft:producer-sequence-number': rhea.types.wrap_int(sequenceNumber)
  }
}

const propertyOf = (link: AnyLink, name: string): unknown =>
  (link.properties as Readonly<Record<string, unknown>> | null | undefined)?.[name]

const integerOf = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined)

const isText = (value: unknown): value is string => typeof value === 'string'

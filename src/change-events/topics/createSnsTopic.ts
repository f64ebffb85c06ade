/** Messages to an Amazon SNS topic. */
import * as E from 'fp-ts/lib/Either.js'
import { createHash } from 'node:crypto'
import { between, requireOptions } from '../../checkOptions.ts'
import { isRetryable } from '../../describeError.ts'
import { fault } from '../../Fault.ts'
import { ownField } from '../../internal/objects.ts'
import { fromPromise } from '../../Promises.ts'
import { SyncError } from '../../SyncError.ts'
import type { ChangeTopic, PublishOptions, Refusal, TopicMessage } from '../ChangeTopic.ts'
import { openSnsClient } from './openSnsClient.ts'
import type { SnsEntry, SnsTopicOptions } from './SnsTopicOptions.ts'

/** Limits of SNS (docs.aws.amazon.com: PublishBatch; SNSMessageAttributes: more attributes make a raw delivery to SQS fail). */
const limits = { bytes: 262_144, entries: 10, attributes: 10, groupId: 128 }

/** What SNS answers to a batch, as far as it is read here. */
interface SnsAnswer {
  readonly Failed?: ReadonlyArray<{ readonly Id?: string; readonly Code?: string; readonly SenderFault?: boolean }>
}

/** Fields that a body without images keeps. */
const abbreviatedFields = ['schema', 'operation', 'id', 'version', 'transactionId', 'status']

/**
 * A topic over SNS. Needs `@aws-sdk/client-sns`, and `@aws-sdk/client-sts` where a role is assumed.
 *
 * **Details**: messages go in batches of ten. Attributes are message attributes, so that filter policies can use them. On a FIFO topic the object is the message group and the event id the
 * deduplication id; a standard topic keeps no order: consumers compare `version`s.
 *
 * **Errors**: TopicFailed. Throttling, faults of the service and broken connections are tried again; what SNS blames on the sender is not. Bad options throw InvalidInput.
 *
 * @example
 * ```ts no-run
 * import { createSnsTopic } from 'on-demand-sync/change-events'
 *
 * const topic = createSnsTopic({ topicArn: 'arn:aws:sns:eu-west-1:123456789012:orders', roleArn: 'arn:aws:iam::123456789012:role/publisher' })
 * void topic
 * ```
 */
export const createSnsTopic = (options: SnsTopicOptions): ChangeTopic => {
  const { topicArn, maxBytes = limits.bytes, stash } = options
  const arn = /^arn:[\w-]+:sns:([\w-]+):\d+:([\w-]+(?:\.fifo)?)$/.exec(topicArn)
  requireOptions('createSnsTopic', [
    arn === null ? fault('topicArn', 'must be the ARN of a topic: arn:aws:sns:REGION:ACCOUNT:NAME') : undefined,
    between('maxBytes', maxBytes, 1, limits.bytes)
  ])
  const [, regionOfArn = '', shortName = ''] = arn ?? []
  const name = `sns ${shortName}`
  const isFifo = shortName.endsWith('.fifo')
  const opened = openSnsClient({ ...options, region: options.region ?? regionOfArn })

  const failed = (cause: unknown): SyncError =>
    SyncError.TopicFailed({ topic: name, detail: detailOf(cause), retryable: isPassing(cause), cause })
  const refused = (detail: string): SyncError => SyncError.TopicFailed({ topic: name, detail, retryable: false })

  const entryOf = (message: TopicMessage, index: number): SnsEntry => ({
    Id: String(index),
    Message: JSON.stringify(message.body),
    MessageAttributes: Object.fromEntries(
      Object.entries(message.attributes).flatMap(([key, value]) =>
        value === '' ? [] : [[key, { DataType: 'String', StringValue: value }]]
      )
    ),
    ...(isFifo ? { MessageGroupId: plain(message.key), MessageDeduplicationId: plain(message.id) } : {})
  })

  /** The entry, cut down where it is too large; or why it cannot go. */
  const fit = async (message: TopicMessage, index: number): Promise<SnsEntry | SyncError> => {
    const entry = entryOf(message, index)
    if (Object.keys(entry.MessageAttributes).length > limits.attributes)
      return refused(`the message has more than ${limits.attributes} attributes`)
    if (bytesOf(entry) <= maxBytes) return entry
    if (stash === undefined) return refused(`the message is larger than ${maxBytes} bytes`)
    const reference = await stash(message)
    const cut = entryOf(
      { ...message, body: abbreviated(message.body), attributes: { ...message.attributes, oversize: reference } },
      index
    )
    return bytesOf(cut) <= maxBytes ? cut : refused(`the names in the message are larger than ${maxBytes} bytes`)
  }

  const publishBatch = async (
    entries: ReadonlyArray<SnsEntry>,
    { signal }: PublishOptions
  ): Promise<ReadonlyArray<Refusal>> => {
    const { client, batchCommand } = await opened()
    const answer = await client.send(
      batchCommand(topicArn, entries),
      signal === undefined ? {} : { abortSignal: signal }
    )
    const { Failed = [] } = answer as SnsAnswer
    return Failed.map(({ Id, Code = 'unknown', SenderFault = false }) => ({
      index: Number(Id),
      error: SyncError.TopicFailed({
        topic: name,
        detail: `refused with ${Code}`,
        retryable: !SenderFault || isThrottling(Code)
      })
    }))
  }

  const publish = async (
    messages: ReadonlyArray<TopicMessage>,
    publishOptions: PublishOptions
  ): Promise<ReadonlyArray<Refusal>> => {
    const refusals: Array<Refusal> = []
    const entries: Array<SnsEntry> = []
    for (const [index, message] of messages.entries()) {
      const fitted = await fromPromise(name, () => fit(message, index), failed)()
      if (E.isLeft(fitted)) refusals.push({ index, error: fitted.left })
      else if ('_tag' in fitted.right) refusals.push({ index, error: fitted.right })
      else entries.push(fitted.right)
    }
    for (const batch of batchesOf(entries)) refusals.push(...(await publishApart(batch, publishOptions)))
    return refusals
  }

  /** What SNS will not have as a whole is sent one by one: the fault of one message is not the others'. */
  const publishApart = async (
    batch: ReadonlyArray<SnsEntry>,
    publishOptions: PublishOptions
  ): Promise<ReadonlyArray<Refusal>> => {
    const sent = await fromPromise(name, () => publishBatch(batch, publishOptions), failed)()
    if (E.isRight(sent)) return sent.right
    if (isRetryable(sent.left) || batch.length === 1)
      return batch.map(({ Id }) => ({ index: Number(Id), error: sent.left }))
    const refusals: Array<Refusal> = []
    for (const entry of batch) refusals.push(...(await publishApart([entry], publishOptions)))
    return refusals
  }

  return {
    name,
    maxBatch: limits.entries,
    publish:
      (messages, publishOptions = {}) =>
      () =>
        fromPromise(name, () => publish(messages, publishOptions), failed)(),
    close: () => fromPromise(name, async () => (await opened()).client.destroy())
  }
}

/** A batch may not be larger than a message. */
const batchesOf = (entries: ReadonlyArray<SnsEntry>): ReadonlyArray<ReadonlyArray<SnsEntry>> => {
  const batches: Array<Array<SnsEntry>> = []
  let bytes = Infinity
  for (const entry of entries) {
    const size = bytesOf(entry)
    bytes += size
    if (bytes > limits.bytes || (batches.at(-1)?.length ?? 0) >= limits.entries) {
      batches.push([])
      bytes = size
    }
    batches.at(-1)?.push(entry)
  }
  return batches
}

/** Attributes count too: name, type and value. */
const bytesOf = ({ Message, MessageAttributes }: SnsEntry): number =>
  Object.entries(MessageAttributes).reduce(
    (sum, [key, { DataType, StringValue }]) => sum + Buffer.byteLength(key + DataType + StringValue),
    Buffer.byteLength(Message)
  )

const abbreviated = (body: object): object =>
  Object.fromEntries(
    abbreviatedFields.flatMap(field => {
      const value = ownField(body, field)
      return value === undefined ? [] : [[field, value]]
    })
  )

/** The ids of a FIFO topic are short and plain. */
const plain = (key: string): string =>
  /^[\w.:-]+$/.test(key) && key.length <= limits.groupId ? key : createHash('sha256').update(key).digest('hex')

/** The SDK's errors carry a name, and whose fault it was. */
const detailOf = (cause: unknown): string => {
  const { name } = (cause ?? {}) as { readonly name?: unknown }
  return typeof name === 'string' && /^\w{1,60}$/.test(name) ? `SNS answered ${name}` : 'SNS could not be reached'
}

const isPassing = (cause: unknown): boolean => {
  const { $fault, name, $retryable } = (cause ?? {}) as {
    readonly $fault?: unknown
    readonly name?: unknown
    readonly $retryable?: unknown
  }
  return $fault !== 'client' || $retryable !== undefined || (typeof name === 'string' && isThrottling(name))
}

/** Too many at once is called the sender's fault, and heals by waiting. */
const isThrottling = (code: string): boolean => /thrott|toomanyrequests|limitexceeded/i.test(code)

/** What a topic over SNS is told. */
import type { TopicMessage } from '../ChangeTopic.ts'

/** An `SNSClient` of `@aws-sdk/client-sns`, as far as it is used here. */
export interface SnsClient {
  send(command: object, options?: object): Promise<object>
  destroy(): void
}

/** One message of a batch, in the words of SNS. */
export interface SnsEntry {
  readonly Id: string
  readonly Message: string
  readonly MessageAttributes: Readonly<Record<string, { readonly DataType: 'String'; readonly StringValue: string }>>
  readonly MessageGroupId?: string
  readonly MessageDeduplicationId?: string
}

/** Options of {@link createSnsTopic}. */
export interface SnsTopicOptions {
  readonly topicArn: string
  /** A role to assume for publishing; it must allow `sns:Publish` on the topic, and our own identity must be allowed to assume it. Default: publish as ourselves. */
  readonly roleArn?: string
  /** Default: the region of the ARN. */
  readonly region?: string
  /** Another address of SNS and STS: for tests. */
  readonly endpoint?: string
  /** A client of your own, instead of `roleArn`, `region` and `endpoint`. It is closed with the topic. */
  readonly client?: SnsClient
  /** Largest message with its attributes, in bytes. Default 262,144 (what SNS takes), 1 to 262,144. */
  readonly maxBytes?: number
  /**
   * Keeps the whole body of a message that is too large, and answers a reference to it (`s3://bucket/key`). The message then carries only names, and the attribute
   * `oversize` the reference. Default: such a message becomes a dead letter.
   */
  readonly stash?: (message: TopicMessage) => Promise<string>
}

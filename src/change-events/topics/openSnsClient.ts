/** The SNS client, made on first use: the SDK is an optional peer, and is not loaded before. */
import type * as SnsPackage from '@aws-sdk/client-sns'
import type * as StsPackage from '@aws-sdk/client-sts'
import { fault } from '../../Fault.ts'
import { SyncException } from '../../Promises.ts'
import { SyncError } from '../../SyncError.ts'
import type { SnsClient, SnsEntry, SnsTopicOptions } from './SnsTopicOptions.ts'

type Sns = typeof SnsPackage
type Sts = typeof StsPackage

export interface OpenSnsClient {
  readonly client: SnsClient
  readonly batchCommand: (topicArn: string, entries: ReadonlyArray<SnsEntry>) => object
}

const missing = (peer: string): SyncException =>
  new SyncException(
    SyncError.InvalidInput({ subject: 'createSnsTopic', faults: [fault('', `needs ${peer}: npm install ${peer}`)] })
  )

const loadSns = (): Promise<Sns> =>
  import('@aws-sdk/client-sns').catch(() => {
    throw missing('@aws-sdk/client-sns')
  })

const loadSts = (): Promise<Sts> =>
  import('@aws-sdk/client-sts').catch(() => {
    throw missing('@aws-sdk/client-sts')
  })

/** Opens once; what failed to open is tried again. */
export const openSnsClient = (options: SnsTopicOptions): (() => Promise<OpenSnsClient>) => {
  let opened: Promise<OpenSnsClient> | undefined
  const open = async (): Promise<OpenSnsClient> => {
    const { SNSClient, PublishBatchCommand } = await loadSns()
    const batchCommand: OpenSnsClient['batchCommand'] = (TopicArn, entries) =>
      new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries.map(entry => ({ ...entry })) })
    if (options.client !== undefined) return { client: options.client, batchCommand }
    const { roleArn, region = '', endpoint } = options
    const place = { region, ...(endpoint === undefined ? {} : { endpoint }) }
    // Delivery has its own retries, which know of order and deadlines.
    const client = new SNSClient({
      ...place,
      maxAttempts: 1,
      ...(roleArn === undefined ? {} : { credentials: await roleCredentials(roleArn, place) })
    })
    return { client, batchCommand }
  }
  return () => {
    opened ??= open().catch((cause: unknown) => {
      opened = undefined
      throw cause
    })
    return opened
  }
}

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiration: Date
}

/** Assumes the role; the SDK asks again shortly before the credentials expire. */
const roleCredentials = async (
  RoleArn: string,
  place: { readonly region: string; readonly endpoint?: string }
): Promise<() => Promise<Credentials>> => {
  const { STSClient, AssumeRoleCommand } = await loadSts()
  return async () => {
    const sts = new STSClient(place)
    try {
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'on-demand-sync' })
      const { Credentials: given } = await sts.send(command)
      const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {}
      if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined)
        throw new TypeError('no credentials')
      return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
        expiration: Expiration ?? new Date(0)
      }
    } finally {
      sts.destroy()
    }
  }
}

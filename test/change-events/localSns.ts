/** A stand-in for SNS and STS: the query protocol of both, as far as publishing goes. It checks what SNS checks. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PublishedMessage {
  readonly body: string
  readonly attributes: Readonly<Record<string, string>>
  readonly groupId: string | undefined
  readonly deduplicationId: string | undefined
  /** The access key that signed the request. */
  readonly accessKey: string
}

export interface LocalSns {
  readonly endpoint: string
  readonly messages: () => ReadonlyArray<PublishedMessage>
  /** Roles that were assumed. */
  readonly roles: () => ReadonlyArray<string>
  /** The next request fails so: an HTTP status and a code, or single entries refused. */
  readonly failNext: (
    failure: { status: number; code: string } | { entry: number; code: string; senderFault: boolean }
  ) => void
  readonly stop: () => Promise<void>
}

const maxBytes = 262_144

export const startLocalSns = async (): Promise<LocalSns> => {
  const messages: Array<PublishedMessage> = []
  const roles: Array<string> = []
  const failures: Array<Parameters<LocalSns['failNext']>[0]> = []

  const publishBatch = (form: URLSearchParams, accessKey: string): { status: number; xml: string } => {
    const failure = failures.shift()
    if (failure !== undefined && 'status' in failure) return failed(failure.status, failure.code)
    const entries: Array<{ id: string; message: PublishedMessage }> = []
    for (let n = 1; form.has(`PublishBatchRequestEntries.member.${n}.Id`); n += 1) {
      const field = (name: string) => form.get(`PublishBatchRequestEntries.member.${n}.${name}`) ?? undefined
      const attributes: Record<string, string> = {}
      for (let a = 1; field(`MessageAttributes.entry.${a}.Name`) !== undefined; a += 1)
        attributes[field(`MessageAttributes.entry.${a}.Name`)!] =
          field(`MessageAttributes.entry.${a}.Value.StringValue`) ?? ''
      const message = {
        body: field('Message') ?? '',
        attributes,
        groupId: field('MessageGroupId'),
        deduplicationId: field('MessageDeduplicationId'),
        accessKey
      }
      entries.push({ id: field('Id')!, message })
    }
    if (entries.length === 0 || entries.length > 10) return failed(400, 'TooManyEntriesInBatchRequest')
    const size = entries.reduce((sum, { message }) => sum + Buffer.byteLength(message.body), 0)
    if (size > maxBytes) return failed(400, 'BatchRequestTooLong')
    if (entries.some(({ message }) => Object.values(message.attributes).includes('')))
      return failed(400, 'InvalidParameter')
    const parts = entries.map(({ id, message }, index) => {
      if (failure !== undefined && 'entry' in failure && failure.entry === index)
        return {
          ok: '',
          bad: `<member><Id>${id}</Id><Code>${failure.code}</Code><SenderFault>${String(failure.senderFault)}</SenderFault></member>`
        }
      messages.push(message)
      return { ok: `<member><Id>${id}</Id><MessageId>${messages.length}</MessageId></member>`, bad: '' }
    })
    const list = (pick: (part: { ok: string; bad: string }) => string) => parts.map(pick).join('')
    return {
      status: 200,
      xml: `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Successful>${list(part => part.ok)}</Successful><Failed>${list(part => part.bad)}</Failed></PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>`
    }
  }

  const assumeRole = (form: URLSearchParams): { status: number; xml: string } => {
    roles.push(form.get('RoleArn') ?? '')
    const expiration = new Date(Date.now() + 3_600_000).toISOString()
    return {
      status: 200,
      xml: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
    }
  }

  const failed = (status: number, code: string) => ({
    status,
    xml: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type><Code>${code}</Code><Message>S3CRET</Message></Error><RequestId>r</RequestId></ErrorResponse>`
  })

  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
      const accessKey = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''
      const { status, xml } = form.get('Action') === 'AssumeRole' ? assumeRole(form) : publishBatch(form, accessKey)
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    messages: () => [...messages],
    roles: () => [...roles],
    failNext: failure => void failures.push(failure),
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}

/** `publish`: sync requests into the hub. */
import * as E from 'fp-ts/lib/Either.js'
import { Command } from 'commander'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { loadConfiguration } from '../configuration/loadConfiguration.ts'
import { describeFault, fault } from '../Fault.ts'
import { compact } from '../internal/objects.ts'
import { createSyncRequest } from '../payload/createSyncRequest.ts'
import { payloadCodec } from '../PayloadCodec.ts'
import { SyncException, toPromise } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import type { SyncRequest } from '../SyncRequest.ts'
import { action } from './commandError.ts'
import { hubConnection } from './hubConnection.ts'
import { readReference } from './readReference.ts'
import { mustBeReadable } from './readText.ts'

interface PublishArguments {
  readonly config?: string
  readonly file?: string
  readonly id?: string
  readonly source?: string
  readonly dryRun: boolean
}

/** So many requests are on their way at once: enough to fill batches, few enough to hold in memory. */
const inFlight = 1_000

const invalidLine = (subject: string, rules: ReadonlyArray<string>): SyncException =>
  new SyncException(SyncError.InvalidInput({ subject, faults: rules.map(rule => fault('', rule)) }))

async function* requestsIn(file: string): AsyncIterable<SyncRequest> {
  if (file !== '-') await mustBeReadable(file)
  const input = file === '-' ? process.stdin : createReadStream(file, 'utf8')
  let number = 0
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1
    if (line.trim() === '') continue
    const decoded = payloadCodec.decode(line)
    if (E.isLeft(decoded)) throw invalidLine(`${file} line ${number}`, decoded.left.faults.map(describeFault))
    yield decoded.right
  }
}

const requestsOf = (texts: ReadonlyArray<string>, { file, id, source }: PublishArguments) => {
  if ((file === undefined) === (texts.length === 0))
    throw invalidLine('arguments of publish', ['must be references, or --file, and not both'])
  if (file !== undefined) return requestsIn(file)
  return [createSyncRequest({ resources: texts.map(readReference), ...compact({ id, source }) })]
}

const send = async (texts: ReadonlyArray<string>, given: PublishArguments): Promise<void> => {
  const requests = requestsOf(texts, given)
  const tell = ({ id }: SyncRequest) => void process.stdout.write(`${id}\n`)
  if (given.dryRun) {
    for await (const request of requests) tell(request)
    return
  }
  const { configuration } = await loadConfiguration(given.config === undefined ? {} : { file: given.config })
  // Loaded only here: asking for help needs no vendor package.
  const { createPublisher } = await import('../event-hubs/createPublisher.ts')
  await using publisher = createPublisher(hubConnection(configuration))
  let sending: Array<Promise<void>> = []
  for await (const request of requests) {
    const sent = toPromise(publisher.publish(request)).then(() => tell(request))
    // Heard of below; until then a failure must not end the process as unhandled.
    sent.catch(() => undefined)
    sending.push(sent)
    if (sending.length >= inFlight) await Promise.all(sending.splice(0))
  }
  await Promise.all(sending)
  sending = []
}

/** The command `publish`. */
export const publish = (): Command =>
  new Command('publish')
    .description('Send sync requests to the hub of the configuration. Prints the id of each, once the hub has it.')
    .argument(
      '[reference...]',
      'what one request names: database:DB, schema:DB.SCHEMA, table:DB.SCHEMA.TABLE, view:…, column:DB.SCHEMA.TABLE.COLUMN'
    )
    .option('-c, --config <file>', 'YAML file of properties; the environment wins over it')
    .option(
      '-f, --file <file>',
      'send the requests in a file instead, one JSON object per line; - reads standard input'
    )
    .option('--id <id>', 'id of the request; default a random one')
    .option('--source <source>', 'where the request comes from, in your own words')
    .option('--dry-run', 'check the requests, and send nothing', false)
    .addHelpText(
      'after',
      '\nEnds with 0 when the hub has all of them, 2 when a request or the configuration must be mended (what stood before it was sent), 1 on any other failure.'
    )
    .action(action(send))

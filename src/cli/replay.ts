/** `replay`: dead letters back into the hub. */
import * as E from 'fp-ts/lib/Either.js'
import { Command } from 'commander'
import { readDeadLetters } from '../audit/createJsonLinesDeadLetterSink.ts'
import type { Configuration } from '../configuration/Configuration.ts'
import { loadConfiguration } from '../configuration/loadConfiguration.ts'
import { fault } from '../Fault.ts'
import { payloadCodec } from '../PayloadCodec.ts'
import { describePosition } from '../Position.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { action } from './commandError.ts'
import { hubConnection } from './hubConnection.ts'
import { mustBeReadable } from './readText.ts'

interface ReplayArguments {
  readonly config?: string
  readonly fromHub?: string
  readonly consumerGroup: string
  readonly checkpoints: string
  readonly dryRun: boolean
}

/** What is sent again: the bytes, and where they stood the first time. */
interface Letter {
  readonly origin: string
  readonly body: Uint8Array
}

/** Sends letters, and answers once the hub has them. */
type Send = (letters: ReadonlyArray<Letter>) => Promise<void>

const refuse = (rule: string): SyncException =>
  new SyncException(SyncError.InvalidInput({ subject: 'arguments of replay', faults: [fault('', rule)] }))

const inFlight = 500

const replayFile = async (file: string, send: Send): Promise<number> => {
  let lost = 0
  let gathered: Array<Letter> = []
  for await (const letter of readDeadLetters(file)) {
    if (letter === undefined) {
      process.stderr.write(`${file}: a line that is no dead letter was left out\n`)
      lost += 1
      continue
    }
    gathered.push({ origin: describePosition(letter.position), body: letter.body })
    if (gathered.length < inFlight) continue
    await send(gathered)
    gathered = []
  }
  await send(gathered)
  return lost
}

const replayHub = async (
  configuration: Configuration,
  { fromHub = '', consumerGroup, checkpoints }: ReplayArguments,
  send: Send
): Promise<number> => {
  const { readHub } = await import('../event-hubs/readHub.ts')
  const { createFileCheckpointStore } = await import('../event-hubs/createFileCheckpointStore.ts')
  const store = createFileCheckpointStore({ path: checkpoints })
  const { connectionString } = hubConnection(configuration)
  const namespace = 'replay'
  const done = await store.listCheckpoints(namespace, fromHub, consumerGroup)
  let lost = 0
  await readHub({
    connectionString: connectionString.replace(/;?EntityPath=[^;]*/i, ''),
    eventHubName: fromHub,
    consumerGroup,
    after: Object.fromEntries(done.map(({ partitionId, sequenceNumber }) => [partitionId, sequenceNumber])),
    onEvents: async (partitionId, events) => {
      const letters = events.map(({ body, properties = {} }) => {
        const { hub, consumerGroup: group, partitionId: partition, sequenceNumber } = properties
        return {
          origin: [hub, group, `${String(partition)}@${String(sequenceNumber)}`].map(String).join('/'),
          body: Buffer.from(body as Uint8Array)
        }
      })
      const whole = letters.filter(
        ({ body }, index) => Number(events[index]?.properties?.['bodyBytes']) === body.length
      )
      for (const { origin } of letters.filter(letter => !whole.includes(letter)))
        process.stderr.write(
          `${origin}: its body was too large for a letter; it is still in its own hub, if anywhere\n`
        )
      lost += letters.length - whole.length
      await send(whole)
      const last = events.at(-1)
      if (last === undefined) return
      const { sequenceNumber, offset } = last
      await store.updateCheckpoint({
        ...{ fullyQualifiedNamespace: namespace, eventHubName: fromHub, consumerGroup },
        ...{ partitionId, sequenceNumber, offset }
      })
    }
  })
  return lost
}

const again = async (file: string | undefined, given: ReplayArguments): Promise<void> => {
  if ((file === undefined) === (given.fromHub === undefined))
    throw refuse('must be a file, or --from-hub, and not both')
  if (given.dryRun && file === undefined) throw refuse('must have no --dry-run with --from-hub')
  if (file !== undefined) await mustBeReadable(file)
  const tell = ({ origin }: Letter) => void process.stdout.write(`${origin}\n`)
  if (file !== undefined && given.dryRun) {
    await replayFile(file, letters => {
      for (const letter of letters) tell(letter)
      return Promise.resolve()
    })
    return
  }
  const { configuration } = await loadConfiguration(given.config === undefined ? {} : { file: given.config })
  // Loaded only here: asking for help needs no vendor package.
  const { createEventSender } = await import('../event-hubs/EventSender.ts')
  const { partitionKeyOf } = await import('../event-hubs/createPublisher.ts')
  const sender = createEventSender({ ...hubConnection(configuration), bufferEvents: 1_500, lingerMs: 20 })
  const keyOf = ({ body, origin }: Letter): string => {
    const decoded = payloadCodec.decode(body)
    return E.isRight(decoded) ? partitionKeyOf(decoded.right) : origin.slice(0, 128)
  }
  const send: Send = async letters => {
    await Promise.all(
      letters.map(async letter => {
        await sender.send({ body: letter.body, partitionKey: keyOf(letter), properties: { replayOf: letter.origin } })
        tell(letter)
      })
    )
  }
  try {
    const lost = file === undefined ? await replayHub(configuration, given, send) : await replayFile(file, send)
    if (lost > 0) process.exitCode = 1
  } finally {
    await sender.close()
  }
}

/** The command `replay`. */
export const replay = (): Command =>
  new Command('replay')
    .description(
      'Send dead letters to the hub of the configuration again, byte for byte. Prints where each stood, once the hub has it.'
    )
    .argument('[file]', 'a file of `run --dead-letters`')
    .option('-c, --config <file>', 'YAML file of properties; the environment wins over it')
    .option('--from-hub <name>', 'take the letters from a hub of the same namespace instead')
    .option('--consumer-group <name>', 'consumer group to read that hub with', '$Default')
    .option('--checkpoints <file>', 'remembers which letters of that hub were sent again', 'on-demand-sync-replay.json')
    .option('--dry-run', 'list the letters of the file, and send nothing', false)
    .addHelpText(
      'after',
      '\nA file is not changed: replaying it twice sends it twice, which does no harm.\nEnds with 0 when all of them were sent, 2 when the arguments or the configuration must be mended, 1 on any other failure, and where a letter could not be sent again.'
    )
    .action(action(again))

/** `local-event-hubs`: the local Event Hubs namespace in a process of its own. */
import { Command, InvalidArgumentError } from 'commander'
import type { LocalHubOptions, SharedAccessKey } from '../testing/local-event-hubs/index.ts'
import { startLocalEventHubs } from '../testing/local-event-hubs/index.ts'
import { action, asInput } from './commandError.ts'
import { readText } from './readText.ts'

interface Arguments {
  readonly port: number
  readonly host: string
  readonly hub?: Readonly<Record<string, LocalHubOptions>>
  readonly controlPort?: number
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly key?: ReadonlyArray<SharedAccessKey>
  readonly retentionMs?: number
  readonly maxMessageSize?: number
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

/** `name`, `name:partitions` or `name:partitions:group,group`. */
const addHub = (
  text: string,
  hubs: Readonly<Record<string, LocalHubOptions>> = {}
): Readonly<Record<string, LocalHubOptions>> => {
  const [name = '', partitions, groups, ...rest] = text.split(':')
  if (name === '' || rest.length > 0) throw new InvalidArgumentError('It must be name:partitions[:group,group].')
  return {
    ...hubs,
    [name]: {
      ...(partitions === undefined ? {} : { partitions: wholeNumber(partitions) }),
      ...(groups === undefined ? {} : { consumerGroups: groups.split(',') })
    }
  }
}

/** `name=key` or `name=key:Listen,Send`: the key is base64, which has no colon. */
const addKey = (text: string, keys: ReadonlyArray<SharedAccessKey> = []): ReadonlyArray<SharedAccessKey> => {
  const [, name = '', key = '', rights] = /^([^=]+)=([^:]+)(?::([A-Za-z,]+))?$/.exec(text) ?? []
  if (name === '') throw new InvalidArgumentError('It must be name=key[:Listen,Send,Manage].')
  return [...keys, { name, key, ...(rights === undefined ? {} : { rights: rights.split(',').map(readRight) }) }]
}

const readRight = (text: string): 'Listen' | 'Send' | 'Manage' => {
  if (text === 'Listen' || text === 'Send' || text === 'Manage') return text
  throw new InvalidArgumentError('A right is Listen, Send or Manage.')
}

const readTls = async ({
  tlsCert,
  tlsKey
}: Arguments): Promise<{ readonly cert: string; readonly key: string } | undefined> => {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) throw new TypeError('--tls-cert and --tls-key go together')
  return { cert: await readText(tlsCert), key: await readText(tlsKey) }
}

const refused = asInput('local-event-hubs', TypeError)

const serve = async (given: Arguments): Promise<void> => {
  const { port, host, hub = { tasks: {} }, controlPort, key, retentionMs, maxMessageSize } = given
  const tls = await readTls(given).catch(refused)
  const hubs = await startLocalEventHubs({
    port,
    host,
    hubs: hub,
    tls,
    control: controlPort === undefined ? undefined : { port: controlPort },
    ...(key === undefined ? {} : { keys: key }),
    ...(retentionMs === undefined ? {} : { retentionMs }),
    ...(maxMessageSize === undefined ? {} : { maxMessageSizeBytes: maxMessageSize })
  }).catch(refused)
  const stop = () => void hubs.stop()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  const connectionStrings = Object.fromEntries(hubs.hubNames().map(name => [name, hubs.connectionString(name)]))
  const ready = {
    port: hubs.port,
    controlUrl: hubs.controlUrl,
    connectionString: hubs.connectionString(),
    connectionStrings
  }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

/**
 * The command `local-event-hubs`. When it is ready it prints one line of JSON on standard output: `port`, `controlUrl` (with
 * `--control-port`), `connectionString` for the namespace and `connectionStrings` by hub. They hold the server's own key, which
 * opens nothing else. It ends cleanly on SIGTERM and SIGINT.
 */
export const localEventHubs = (): Command =>
  new Command('local-event-hubs')
    .description('Serve an Event Hubs namespace from memory, over AMQP 1.0, for the unmodified Azure clients.')
    .option('--port <port>', 'port for AMQP; 0 takes any free one', wholeNumber, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--hub <name:partitions[:group,group]>', 'a hub; may be given often (default: tasks:4)', addHub)
    .option('--control-port <port>', 'serve the control API over HTTP on this port; 0 takes any free one', wholeNumber)
    .option('--tls-cert <file>', 'certificate chain (PEM) to serve TLS with')
    .option('--tls-key <file>', 'private key (PEM) of the certificate')
    .option(
      '--key <name=key[:rights]>',
      'an access key, with rights Listen, Send, Manage; may be given often (default: a random one)',
      addKey
    )
    .option('--retention-ms <ms>', 'how long events are kept (default: one day)', wholeNumber)
    .option('--max-message-size <bytes>', 'largest message a client may send (default: 1048576)', wholeNumber)
    .addHelpText(
      'after',
      "\nPrints one line of JSON when ready: port, controlUrl, connectionString, connectionStrings by hub.\nStops on SIGTERM and SIGINT, with 0; ends with 2 when its options must be mended, 1 when it can't serve. Clients over plain TCP need UseDevelopmentEmulator=true, which the strings carry."
    )
    .action(action(serve))

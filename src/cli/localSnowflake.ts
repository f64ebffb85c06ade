/** `local-snowflake`: the local Snowflake account in a process of its own. */
import { Command, InvalidArgumentError } from 'commander'
import { fault } from '../Fault.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { startLocalSnowflake, StatementError } from '../testing/local-snowflake/index.ts'
import type { GeneratedDatabase, LocalSnowflakeUser } from '../testing/local-snowflake/index.ts'
import { action, asInput } from './commandError.ts'
import { readText } from './readText.ts'

interface Arguments {
  readonly port: number
  readonly host: string
  readonly account: string
  readonly setup: ReadonlyArray<string>
  readonly user: ReadonlyArray<string>
  readonly warehouse: string
  readonly control: boolean
  readonly generate?: GeneratedDatabase
}

const portNumber = (text: string): number => {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a port number, 0 to 65535.')
  return port
}

/** `name:password` or `name:password:role`. A password with a colon cannot be given here. What is wrong with one is not repeated: it holds a password. */
const toUser = (text: string): LocalSnowflakeUser => {
  const [name = '', password = '', defaultRole, ...rest] = text.split(':')
  if (name === '' || password === '' || rest.length > 0)
    throw new SyncException(
      SyncError.InvalidInput({ subject: '--user', faults: [fault('', 'must be name:password[:role]')] })
    )
  return { name, password, ...(defaultRole === undefined ? {} : { defaultRole }) }
}

/** `name:schemas:tables`, the last being tables per schema. */
const generatedDatabase = (text: string): GeneratedDatabase => {
  const [, name = '', schemas, tables] = /^([^:]+):(\d{1,5}):(\d{1,8})$/.exec(text) ?? []
  if (name === '') throw new InvalidArgumentError('It must be name:schemas:tablesPerSchema.')
  return { name, schemas: Number(schemas), tablesPerSchema: Number(tables) }
}

const addText = (text: string, texts: ReadonlyArray<string>): ReadonlyArray<string> => [...texts, text]

const serve = async ({ port, host, account, setup, user, warehouse, control, generate }: Arguments): Promise<void> => {
  const snowflake = await startLocalSnowflake({
    port,
    host,
    account,
    control,
    warehouse,
    ...(generate === undefined ? {} : { generate }),
    setup: (await Promise.all(setup.map(readText))).join(';\n'),
    ...(user.length === 0 ? {} : { users: user.map(toUser) })
  }).catch(asInput('local-snowflake', TypeError, StatementError))
  const stop = (): void => void snowflake.stop()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  const { username, password } = snowflake.connectionOptions()
  const ready = {
    port: snowflake.port,
    accessUrl: snowflake.accessUrl,
    controlUrl: snowflake.controlUrl,
    account: snowflake.account,
    user: username,
    // The password of a user that was given is known to whoever gave it; that of the server's own user opens nothing else.
    ...(user.length === 0 ? { password } : {})
  }
  process.stdout.write(`${JSON.stringify(ready)}\n`)
}

/**
 * The command `local-snowflake`. When it is ready it prints one line of JSON on standard output: `port`, `accessUrl` for the driver, `controlUrl`,
 * `account` and `user`; without `--user` also the `password` of the user ADMIN it made. It ends cleanly on SIGTERM and SIGINT.
 */
export const localSnowflake = (): Command =>
  new Command('local-snowflake')
    .description('Serve a Snowflake account from memory, over the driver protocol, for the unmodified snowflake-sdk.')
    .option('--port <port>', 'port to listen on; 0 takes any free one', portNumber, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--account <name>', 'name of the account', 'local')
    .option('--setup <file.sql>', 'SQL script to run as ACCOUNTADMIN first; may be given often', addText, [])
    .option(
      '--user <name:password[:role]>',
      'a user; may be given often (default: ADMIN with a random password)',
      addText,
      []
    )
    .option('--warehouse <name>', 'a warehouse every role may use', 'COMPUTE_WH')
    .option(
      '--generate <name:schemas:tablesPerSchema>',
      'a database of made-up tables, BIG:100:10000 for a million',
      generatedDatabase
    )
    .option('--no-control', 'do not serve the control API')
    .addHelpText(
      'after',
      "\nPrints one line of JSON when ready: port, accessUrl, controlUrl, account, user (and password, without --user).\nStops on SIGTERM and SIGINT, with 0; ends with 2 when its options or a script must be mended, 1 when it can't serve. Connect with { accessUrl, account, username, password }."
    )
    .action(action(serve))

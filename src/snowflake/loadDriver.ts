/** Loads the driver so that it keeps quiet: it would log to the console and to a file in the working directory before anything is configured. */
import type Snowflake from 'snowflake-sdk'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { putOnWires } from './Wire.ts'

type Driver = typeof Snowflake

let loading: Promise<Driver> | undefined

/** The driver, loaded once, on the first statement. Rejects with InvalidInput where the package is not installed, or cannot be loaded. */
export const loadDriver = (): Promise<Driver> => (loading ??= load())

/** What sends all requests of the driver: no part of what it offers, and elsewhere in other versions, perhaps. */
const httpClient: string = 'snowflake-sdk/dist/lib/http/base.js'

/** A library inside the driver greets older versions of Node with a warning as it is loaded. */
const warningSwitch = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'

const load = async (): Promise<Driver> => {
  const before = process.env[warningSwitch]
  process.env[warningSwitch] = 'true'
  try {
    const { default: driver } = await import('snowflake-sdk')
    driver.configure({ logLevel: 'OFF', additionalLogToConsole: false })
    process.env['SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'] ??= '1'
    const inside = (await import(httpClient).catch(() => undefined)) as { readonly default?: unknown } | undefined
    // The driver is used as it is then, and whoever runs it should know.
    if (!putOnWires(inside?.default))
      process.emitWarning(
        'this version of snowflake-sdk is built differently: statements that were given up may be sent again (docs/snowflake.md, "What is mended in the driver")',
        { type: 'OnDemandSyncWarning', code: 'DRIVER_NOT_TAMED' }
      )
    return driver
  } catch (cause) {
    loading = undefined
    const { code } = cause as NodeJS.ErrnoException
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    // Whatever is wrong, waiting does not mend it, as it would an outage.
    const rule = isMissing ? 'npm install snowflake-sdk' : 'it is there and cannot be loaded; leave it out of a bundle'
    throw new SyncException(
      SyncError.InvalidInput({
        subject: 'on-demand-sync/snowflake',
        faults: [{ path: '', rule: `needs the package snowflake-sdk: ${rule}` }]
      })
    )
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, warningSwitch)
    else process.env[warningSwitch] = before
  }
}

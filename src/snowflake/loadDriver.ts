/** Loads the driver so that it keeps quiet: it would log to the console and to a file in the working directory before anything is configured. */
import type Snowflake from 'snowflake-sdk'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

type Driver = typeof Snowflake

let loading: Promise<Driver> | undefined

/** The driver, loaded once, on the first statement. Rejects with InvalidInput where the package is not installed. */
export const loadDriver = (): Promise<Driver> => (loading ??= load())

/** A library inside the driver greets older versions of Node with a warning as it is loaded. */
const warningSwitch = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'

const load = async (): Promise<Driver> => {
  const before = process.env[warningSwitch]
  process.env[warningSwitch] = 'true'
  try {
    const { default: driver } = await import('snowflake-sdk')
    driver.configure({ logLevel: 'OFF', additionalLogToConsole: false })
    process.env['SF_TELEMETRY_DISABLE_CONNECTION_SHAPE'] ??= '1'
    return driver
  } catch (cause) {
    loading = undefined
    if (
      (cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND' &&
      (cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND'
    )
      throw cause
    throw new SyncException(
      SyncError.InvalidInput({
        subject: 'on-demand-sync/snowflake',
        faults: [{ path: '', rule: 'needs the package snowflake-sdk: npm install snowflake-sdk' }]
      })
    )
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, warningSwitch)
    else process.env[warningSwitch] = before
  }
}

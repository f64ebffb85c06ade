/** The driver protocol by hand, for what other drivers send than the JavaScript one. */
import { gzipSync } from 'node:zlib'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'

export interface Answer {
  readonly success: boolean
  readonly code: string | null
  readonly message: string | null
  readonly data: Readonly<Record<string, unknown>> & {
    readonly rowtype?: ReadonlyArray<{ readonly name: string; readonly type: string }>
    readonly rowset?: ReadonlyArray<ReadonlyArray<string | null>>
  }
}

export interface RawClient {
  readonly loggedIn: Answer
  readonly send: (method: string, path: string, body?: object, options?: SendOptions) => Promise<Answer>
  readonly query: (sqlText: string, more?: object, options?: SendOptions) => Promise<Answer>
}

export interface SendOptions {
  /** How the body is sent. Default as it is. */
  readonly encoding?: 'gzip' | 'identity' | 'zstd'
}

export const connectRaw = async (snowflake: LocalSnowflake, login: SendOptions = {}): Promise<RawClient> => {
  let token = 'None'
  const send: RawClient['send'] = async (method, path, body, { encoding } = {}) => {
    const text = JSON.stringify(body)
    const response = await fetch(`${snowflake.accessUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Snowflake Token="${token}"`,
        'content-type': 'application/json',
        ...(encoding === undefined ? {} : { 'content-encoding': encoding })
      },
      ...(body === undefined ? {} : { body: encoding === 'gzip' ? new Uint8Array(gzipSync(text)) : text })
    })
    return (await response.json()) as Answer
  }
  const { username, password } = snowflake.connectionOptions()
  const data = { LOGIN_NAME: username, PASSWORD: password, ACCOUNT_NAME: snowflake.account, AUTHENTICATOR: 'SNOWFLAKE' }
  const loggedIn = await send('POST', '/session/v1/login-request?warehouse=COMPUTE_WH', { data }, login)
  token = String(loggedIn.data['token'])
  return {
    loggedIn,
    send,
    query: (sqlText, more = {}, options = {}) =>
      send(
        'POST',
        `/queries/v1/query-request?requestId=${crypto.randomUUID()}`,
        { sqlText, asyncExec: false, ...more },
        options
      )
  }
}

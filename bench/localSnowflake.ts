/** Local Snowflake in a process of its own, so that its work is not counted as ours. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'

export interface BenchSnowflake {
  readonly client: SnowflakeClient
  readonly execute: (sql: string) => Promise<void>
  /** Adds this to every request, in milliseconds. */
  readonly setLatency: (ms: number) => Promise<void>
  /** Statements run since it was last asked. */
  readonly countStatements: () => Promise<number>
  readonly stop: () => Promise<void>
}

export const startBenchSnowflake = async (generate: string): Promise<BenchSnowflake> => {
  const server = spawn(process.execPath, ['dist/bin.js', 'local-snowflake', '--generate', generate], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const line = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()
  const ready = JSON.parse(String(line.value)) as {
    readonly [K in 'accessUrl' | 'controlUrl' | 'account' | 'user' | 'password']: string
  }
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const url = `${ready.controlUrl}/${path}`
    const response = await fetch(url, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
    })
    const text = await response.text()
    if (!response.ok) throw new Error(text)
    return text === '' ? undefined : JSON.parse(text)
  }
  const client = createSnowflakeClient({
    account: ready.account,
    accessUrl: ready.accessUrl,
    username: ready.user,
    credentials: { password: ready.password },
    role: 'ACCOUNTADMIN',
    warehouse: 'COMPUTE_WH'
  })
  return {
    client,
    execute: async sql => {
      await control('POST', 'execute', { sql })
    },
    setLatency: async ms => {
      await control('DELETE', 'faults')
      if (ms > 0) await control('POST', 'faults', { path: '/queries/v1/query-request', fault: { kind: 'latency', ms } })
    },
    countStatements: async () => {
      const requests = (await control('GET', 'requests')) as { readonly [path: string]: number }
      await control('DELETE', 'statements')
      return requests['/queries/v1/query-request'] ?? 0
    },
    stop: async () => {
      await client.close()
      server.kill('SIGTERM')
      await once(server, 'exit')
    }
  }
}

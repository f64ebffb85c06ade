/** The connection string by which a client finds this server. */
import type { SharedAccessKey } from './AccessKeys.ts'

export interface ConnectionStringParts {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly key: SharedAccessKey
  /** The hub, `EntityPath`; left out where the client is told it otherwise. */
  readonly hub?: string
}

/**
 * `Endpoint=sb://host:port;SharedAccessKeyName=…;SharedAccessKey=…`; over plain TCP with `UseDevelopmentEmulator=true`, by which the
 * official clients turn TLS off.
 */
export const formatConnectionString = ({ host, port, tls, key, hub }: ConnectionStringParts): string =>
  [
    `Endpoint=sb://${host.includes(':') ? `[${host}]` : host}:${port}`,
    `SharedAccessKeyName=${key.name}`,
    `SharedAccessKey=${key.key}`,
    ...(tls ? [] : ['UseDevelopmentEmulator=true']),
    ...(hub === undefined ? [] : [`EntityPath=${hub}`])
  ].join(';')

/** A blob service for checkpoints, in a process of its own and in memory. */
import { ContainerClient } from '@azure/storage-blob'
import { BlobCheckpointStore } from '@azure/eventhubs-checkpointstore-blob'
import type { CheckpointStore } from '@azure/event-hubs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

/** The account of every Azurite: published, and good for nothing else. */
const account = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
}

export interface Azurite {
  readonly connectionString: string
  readonly stop: () => Promise<void>
}

export const startAzurite = async (): Promise<Azurite> => {
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js')
  const options = [
    '--inMemoryPersistence',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    '--silent',
    '--blobPort',
    '0'
  ]
  const child = spawn(process.execPath, [main, ...options], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /successfully listens? on (http:\S+)/i.exec(line) ?? []
    if (url === undefined) continue
    // What it prints from here on must be read, or it stands still one day.
    child.stdout.resume()
    const endpoint = `BlobEndpoint=${url}/${account.name}`
    const connectionString = `DefaultEndpointsProtocol=http;AccountName=${account.name};AccountKey=${account.key};${endpoint};`
    return { connectionString, stop }
  }
  await stop()
  throw new Error('Azurite ended before it was ready')
}

/** The Azure client's own store, over a container that is made where it is missing. */
export const blobCheckpointStore = async (connectionString: string, container: string): Promise<CheckpointStore> => {
  const client = new ContainerClient(connectionString, container)
  await client.createIfNotExists()
  return new BlobCheckpointStore(client)
}

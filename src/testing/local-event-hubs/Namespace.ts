/** The hubs there are, by name without regard to case. */
import type { Clock } from '../../internal/Clock.ts'
import type { Hub, HubSettings } from './Hub.ts'
import { createHub } from './Hub.ts'
import { entityNotFound } from './ServiceError.ts'

export interface Namespace {
  readonly hubs: () => ReadonlyArray<Hub>
  readonly find: (name: string) => Hub | undefined
  /** Throws `amqp:not-found` where there is no such hub. */
  readonly get: (name: string) => Hub
  /** Throws where the name is taken. */
  readonly create: (name: string, settings: HubSettings) => Hub
  readonly delete: (name: string) => boolean
}

export const createNamespace = (clock: Clock): Namespace => {
  const hubs = new Map<string, Hub>()
  const find = (name: string) => hubs.get(name.toLowerCase())
  return {
    hubs: () => Array.from(hubs.values()),
    find,
    get: name => {
      const hub = find(name)
      if (hub === undefined) throw entityNotFound(name)
      return hub
    },
    create: (name, settings) => {
      if (find(name) !== undefined) throw new Error(`there is a hub '${name}' already`)
      const hub = createHub(name, settings, clock)
      hubs.set(name.toLowerCase(), hub)
      return hub
    },
    delete: name => hubs.delete(name.toLowerCase())
  }
}

/** The hub of a configuration, for commands that send. */
import type { Configuration } from '../configuration/Configuration.ts'
import { compact } from '../internal/objects.ts'
import { missing } from './missing.ts'

/** Throws InvalidInput where the configuration names no hub. */
export const hubConnection = ({
  eventHub: { connectionString, eventHubName }
}: Configuration): { readonly connectionString: string; readonly eventHubName?: string } => {
  if (connectionString !== undefined)
    return { connectionString: connectionString.reveal(), ...compact({ eventHubName }) }
  throw missing(['connectionString'], 'must be given')
}

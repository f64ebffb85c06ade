/** The hub of a configuration, for commands that send. */
import type { Configuration } from '../configuration/Configuration.ts'
import { properties } from '../configuration/properties.ts'
import { fault } from '../Fault.ts'
import { compact } from '../internal/objects.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

/** Throws InvalidInput where the configuration names no hub. */
export const hubConnection = ({
  eventHub: { connectionString, eventHubName }
}: Configuration): { readonly connectionString: string; readonly eventHubName?: string } => {
  if (connectionString !== undefined)
    return { connectionString: connectionString.reveal(), ...compact({ eventHubName }) }
  throw new SyncException(
    SyncError.InvalidInput({
      subject: 'configuration',
      faults: [fault(properties.connectionString.name, 'must be given')]
    })
  )
}

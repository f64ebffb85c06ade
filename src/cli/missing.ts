/** The configuration lacks something for what a command is to do. */
import type { PropertyKey } from '../configuration/properties.ts'
import { properties } from '../configuration/properties.ts'
import { fault } from '../Fault.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

export const missing = (keys: ReadonlyArray<PropertyKey>, rule: string): SyncException =>
  new SyncException(
    SyncError.InvalidInput({ subject: 'configuration', faults: keys.map(key => fault(properties[key].name, rule)) })
  )

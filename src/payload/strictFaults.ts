/** What keeps a value from being written as a request. Empty when it is a canonical one. */
import type { Fault } from '../Fault.ts'
import { fault, joinPath } from '../Fault.ts'
import { codecFaults } from '../internal/codecFaults.ts'
import { SyncRequestCodec } from '../SyncRequest.ts'

export const strictFaults = (request: unknown): ReadonlyArray<Fault> =>
  codecFaults(SyncRequestCodec, request).map(({ path, rule }) => fault(path.reduce<string>(joinPath, ''), rule))

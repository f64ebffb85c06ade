/** Ends links and connections that are there now, on purpose. */
import type { FaultTarget, Strike } from '../Faults.ts'
import { errorOf, isTarget } from '../Faults.ts'
import type { Timers } from '../Timers.ts'
import type { AmqpConnection } from './AmqpConnection.ts'

/** Answers how many links (of a detach) or connections are hit, now or when the delay is over. */
export const strike = (connections: ReadonlyArray<AmqpConnection>, timers: Timers, blow: Strike): number => {
  const { do: action, error, times = Infinity, delayMs = 0, ...meant } = blow
  const blows =
    action === 'detach'
      ? linksOf(connections, meant).map(
          ({ detach }) =>
            () =>
              detach(error && errorOf(error, 'detach-forced'))
        )
      : connections
          .filter(connection => Object.keys(meant).length === 0 || linksOf([connection], meant).length > 0)
          .map(({ close, destroy }) =>
            action === 'destroy' ? destroy : () => close(errorOf(error, 'connection-forced'))
          )
  const struck = blows.slice(0, times)
  const hit = () => struck.forEach(run => run())
  if (delayMs > 0) void timers.after(delayMs, hit)
  else hit()
  return struck.length
}

const linksOf = (connections: ReadonlyArray<AmqpConnection>, meant: FaultTarget) =>
  connections.flatMap(({ links }) => links()).filter(({ target }) => isTarget(meant, target))

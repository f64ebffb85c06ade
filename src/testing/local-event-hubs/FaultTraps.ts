/** The traps that are set: which of them acts when something comes by. */
import type { FaultAction, FaultPoint, Faults, FaultSwitch, FaultTarget, InjectedFault } from './Faults.ts'
import { isTarget } from './Faults.ts'
import { namedErrors } from './ServiceError.ts'
import type { Timers } from './Timers.ts'

/** What the server asks at each point. */
export interface FaultTraps {
  /** Whether any trap lies at the point: the fast way past {@link FaultTraps.spring}. */
  readonly armed: (point: FaultPoint) => boolean
  /** The trap that acts now, counted; undefined for none. */
  readonly spring: (point: FaultPoint, target?: FaultTarget) => FaultSwitch | undefined
  /** Whether the trap is still set. */
  readonly holds: (fault: FaultSwitch) => boolean
  readonly inject: Faults['inject']
  readonly list: Faults['list']
  readonly clear: Faults['clear']
}

const fitting: Readonly<Record<FaultPoint, ReadonlyArray<FaultAction>>> = {
  accept: ['delay', 'silence', 'destroy'],
  cbs: ['delay', 'refuse', 'silence', 'close-connection', 'destroy'],
  management: ['delay', 'refuse', 'silence', 'close-connection', 'destroy'],
  attach: ['refuse', 'detach', 'close-connection', 'destroy'],
  send: ['delay', 'refuse', 'silence', 'lose', 'detach', 'close-connection', 'destroy'],
  deliver: ['delay', 'silence', 'detach', 'close-connection', 'destroy'],
  close: ['silence', 'destroy']
}

/** `onRelease` is called when a trap is taken away, so that what it held back goes on. */
export const createFaultTraps = (onRelease: () => void): FaultTraps => {
  const traps = new Map<number, Trap>()
  let lastId = 0

  const armed = (point: FaultPoint) => Array.from(traps.values()).some(({ fault }) => fault.on === point)

  const inject = (fault: FaultSwitch): InjectedFault => {
    checkFault(fault)
    lastId += 1
    const id = lastId
    const trap: Trap = {
      fault,
      seen: 0,
      hits: 0,
      handle: { id, fault, hits: () => trap.hits, remove: () => remove(id) }
    }
    traps.set(id, trap)
    return trap.handle
  }

  const remove = (id: number) => {
    if (traps.delete(id)) onRelease()
  }

  const spring = (point: FaultPoint, target: FaultTarget = {}) => {
    for (const trap of traps.values()) {
      if (trap.fault.on !== point || !isTarget(trap.fault, target)) continue
      trap.seen += 1
      if (trap.seen <= (trap.fault.skip ?? 0) || trap.hits >= (trap.fault.times ?? Infinity)) continue
      trap.hits += 1
      return trap.fault
    }
    return undefined
  }

  return {
    armed,
    spring,
    holds: fault => Array.from(traps.values()).some(trap => trap.fault === fault),
    inject,
    list: () => Array.from(traps.values(), trap => trap.handle),
    clear: () => {
      traps.clear()
      onRelease()
    }
  }
}

/** Runs `act` now, or after the fault's delay. */
export const afterDelay = (timers: Timers, { delayMs = 0 }: FaultSwitch, act: () => void): void => {
  if (delayMs <= 0) act()
  else void timers.after(delayMs, act)
}

interface Trap {
  readonly fault: FaultSwitch
  readonly handle: InjectedFault
  seen: number
  hits: number
}

const checkFault = (fault: FaultSwitch): void => {
  const actions: ReadonlyArray<string> | undefined = Object.hasOwn(fitting, fault.on) ? fitting[fault.on] : undefined
  if (actions === undefined) throw new TypeError(`a fault's \`on\` must be one of ${Object.keys(fitting).join(', ')}`)
  if (!actions.includes(fault.do)) {
    throw new TypeError(`a fault on ${fault.on} can do ${actions.join(', ')}`)
  }
  if (typeof fault.error === 'string' && !Object.hasOwn(namedErrors, fault.error)) {
    throw new TypeError(
      `a fault's \`error\` must be one of ${Object.keys(namedErrors).join(', ')}, or { condition, description }`
    )
  }
}

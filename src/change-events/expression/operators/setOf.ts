/** Sets from elements, each kept once. */
import type { Meter } from '../Meter.ts'
import { readValue } from '../values/readValue.ts'
import type { Value, ValueSet } from '../values/Value.ts'
import { kind } from '../values/Value.ts'
import { identityOf } from './equality.ts'

export const setOf = (elements: ReadonlyArray<Value>, meter: Meter): ValueSet => {
  const kept = new Map<string, Value>()
  for (const element of elements) {
    const value = readValue(element)
    const identity = identityOf(value, meter)
    if (!kept.has(identity)) kept.set(identity, value)
  }
  meter.produce(kept.size)
  return { [kind]: 'set', elements: [...kept.values()] }
}

/** Names: where a variable stands is known when it is compiled; what it holds is not. */
import type { Name } from '../Expression.ts'
import { contextValue } from '../evaluate/Run.ts'
import { memberOf } from '../operators/access.ts'
import type { Value } from '../values/Value.ts'
import type { Binders, Code, Frame } from './Code.ts'

/** How many frames out, and which value there. */
interface Place {
  readonly frames: number
  readonly index: number
}

/** All places that could hold the variable, nearest first: more than one only where a lambda may leave it open. */
const placesOf = (name: string, binders: Binders): ReadonlyArray<Place> => {
  const places: Array<Place> = []
  for (const [frames, { names, partial }] of binders.entries()) {
    for (let index = names.length - 1; index >= 0; index -= 1)
      if (names[index] === name) {
        places.push({ frames, index })
        if (!partial) return places
      }
  }
  return places
}

const valueAt = ({ frames, index }: Place, frame: Frame | undefined): Value | undefined => {
  let at = frame
  for (let out = frames; out > 0; out -= 1) at = at?.outer
  return at?.values[index]
}

/** The value of a variable; undefined where there is none of that name. */
export const compileLocal = (name: string, binders: Binders): ((frame: Frame | undefined) => Value | undefined) => {
  const places = placesOf(name, binders)
  const [first, ...others] = places
  if (first === undefined) return () => undefined
  if (others.length === 0) return frame => valueAt(first, frame)
  return frame => {
    for (const place of places) {
      const value = valueAt(place, frame)
      if (value !== undefined) return value
    }
    return undefined
  }
}

export const compileName = ({ path: [first, ...rest] }: Name, binders: Binders): Code => {
  const head = compileHead(first, binders)
  const [second, ...more] = rest
  if (second === undefined) return head
  if (more.length === 0) return (run, frame) => memberOf(head(run, frame), second)
  return (run, frame) => rest.reduce(memberOf, head(run, frame))
}

const compileHead = (name: string, binders: Binders): Code => {
  const places = placesOf(name, binders)
  if (places.length === 0)
    return ({ context, meter }) => {
      meter.spend(1)
      return contextValue(context, name)
    }
  const local = compileLocal(name, binders)
  return ({ context, meter }, frame) => {
    meter.spend(1)
    const value = local(frame)
    return value === undefined ? contextValue(context, name) : value
  }
}

/** One evaluation: what it reads from and what it may cost. */
import type { Meter } from '../Meter.ts'
import { checkDepth } from '../Meter.ts'
import { raise } from '../raise.ts'
import { ownValue } from '../values/readValue.ts'
import type { Value, ValueObject } from '../values/Value.ts'

/**
 * The names an expression can read, and their values: JSON data, or what `Value` lists beside it. Own properties only. Nothing else is
 * reachable: no clock, no randomness, no host.
 */
export interface ExpressionContext {
  readonly [name: string]: unknown
}

export interface Run {
  readonly context: ExpressionContext
  readonly meter: Meter
  /** Runs the body of a lambda, one call deeper. */
  readonly enter: (body: () => Value) => Value
}

export const createRun = (context: ExpressionContext, meter: Meter): Run => {
  let depth = 0
  return {
    context,
    meter,
    enter: body => {
      depth += 1
      checkDepth(meter, depth)
      const value = body()
      depth -= 1
      return value
    }
  }
}

/** The value of a name of the context. */
export const contextValue = (context: ExpressionContext, name: string): Value => {
  const value = ownValue(context as ValueObject, name)
  return value === undefined ? raise('undefined-name', `the name ${name} is not defined`) : value
}

/** Calls of methods, functions and lambdas, alike for both evaluators. */
import { functions } from '../methods/functions.ts'
import { callOperation } from '../methods/Operation.ts'
import { methods } from '../methods/valueMethods.ts'
import { raise } from '../raise.ts'
import type { Value } from '../values/Value.ts'
import { isClosure, kindOf } from '../values/Value.ts'
import type { Run } from './Run.ts'

export const callMethod = (target: Value, name: string, args: ReadonlyArray<Value>, run: Run): Value =>
  callOperation(methods.get(name.toLowerCase()), name, [target], args, run.meter)

/**
 * Calls by name. `local` is the value of the loop or lambda variable of that name, if there is one. A function comes before a field of the
 * event: a field called `date` takes nobody's `date(x)` away.
 */
export const callByName = (name: string, local: Value | undefined, args: ReadonlyArray<Value>, run: Run): Value => {
  if (args.includes(null)) return raise('null-argument', `${name} was given null for an argument`)
  if (local !== undefined) return callValue(local, args)
  const overloads = functions.get(name.toLowerCase())
  if (overloads === undefined && Object.hasOwn(run.context, name))
    return raise('not-callable', `${name} is no function`)
  return callOperation(overloads, name, [], args, run.meter)
}

export const callValue = (callee: Value, args: ReadonlyArray<Value>): Value =>
  isClosure(callee) ? callee.call(args) : raise('not-callable', `${kindOf(callee)} cannot be called`)

/** Whether there is a function of this name. */
export const isFunction = (name: string): boolean => functions.has(name.toLowerCase())

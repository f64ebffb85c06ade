/** Methods and functions: a name, the kinds of their arguments, and what they do. Only what stands in a table can be called. */
import type { Meter } from '../Meter.ts'
import { raise } from '../raise.ts'
import { isNumeric } from '../operators/equality.ts'
import { workOn } from '../operators/workOn.ts'
import type { Closure, Instant, LocalDate, Value, ValueObject, ValueSet } from '../values/Value.ts'
import {
  isArray,
  isClosure,
  isDate,
  isInstant,
  isInteger,
  isPlainObject,
  isSet,
  isText,
  kindOf
} from '../values/Value.ts'

/** What an argument has to be, and what it then is. */
interface Parameters {
  readonly any: Value
  readonly text: string
  readonly number: Value
  readonly integer: number | bigint
  readonly collection: ReadonlyArray<Value> | ValueSet
  readonly object: ValueObject
  readonly lambda: Closure
  readonly date: LocalDate
  readonly datetime: Instant
  readonly temporal: LocalDate | Instant
}

type Parameter = keyof Parameters

const accepts: { readonly [P in Parameter]: (value: Value) => boolean } = {
  any: () => true,
  text: isText,
  number: isNumeric,
  integer: isInteger,
  collection: value => isArray(value) || isSet(value),
  object: isPlainObject,
  lambda: isClosure,
  date: isDate,
  datetime: isInstant,
  temporal: value => isDate(value) || isInstant(value)
}

export interface Operation {
  readonly name: string
  readonly parameters: ReadonlyArray<Parameter>
  readonly apply: (args: ReadonlyArray<Value>, meter: Meter) => Value
}

/** One operation. A method's first argument is what it is called on. Several may share a name and differ in their parameters. */
export const operation = <const P extends ReadonlyArray<Parameter>>(
  name: string,
  parameters: P,
  apply: (args: { readonly [I in keyof P]: Parameters[P[I]] }, meter: Meter) => Value
): Operation => ({
  name: name.toLowerCase(),
  parameters,
  // `callOperation` has checked every argument against its parameter.
  apply: (args, meter) => apply(args as { readonly [I in keyof P]: Parameters[P[I]] }, meter)
})

/** Operations by name, in lower case: names ignore case. */
export type OperationTable = ReadonlyMap<string, ReadonlyArray<Operation>>

export const tableOf = (operations: ReadonlyArray<Operation>): OperationTable => {
  const table = new Map<string, ReadonlyArray<Operation>>()
  for (const each of operations) table.set(each.name, [...(table.get(each.name) ?? []), each])
  return table
}

const applied = ({ apply }: Operation, args: ReadonlyArray<Value>, meter: Meter): Value => {
  for (const arg of args) meter.spend(workOn(arg))
  return apply(args, meter)
}

/** Calls the operation of this name whose parameters fit. `args` are what was written between the brackets; none may be null. */
export const callOperation = (
  overloads: ReadonlyArray<Operation> | undefined,
  name: string,
  target: ReadonlyArray<Value>,
  args: ReadonlyArray<Value>,
  meter: Meter
): Value => {
  if (args.includes(null)) return raise('null-argument', `${name} was given null for an argument`)
  const all = [...target, ...args]
  const found = overloads?.find(
    ({ parameters }) =>
      parameters.length === all.length && parameters.every((parameter, i) => accepts[parameter](all[i] ?? null))
  )
  return found === undefined
    ? raise('no-such-method', `there is no ${name}(${all.map(kindOf).join(', ')})`)
    : applied(found, all, meter)
}

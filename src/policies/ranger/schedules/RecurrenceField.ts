/** One field of a recurrence: which numbers it means, and the nearest of them not after a given one. */
import type { RecurrenceSchedule } from '../model/ValiditySchedule.ts'

/** The name of a field. */
export type FieldName = keyof RecurrenceSchedule

/** The bounds that Ranger sets (`RangerValidityRecurrence.ScheduleFieldSpec`), months counted from 1. */
export const fieldSpecs: { readonly [Name in FieldName]: { readonly minimum: number; readonly maximum: number } } = {
  minute: { minimum: 0, maximum: 59 },
  hour: { minimum: 0, maximum: 23 },
  dayOfMonth: { minimum: 1, maximum: 31 },
  dayOfWeek: { minimum: 1, maximum: 7 },
  month: { minimum: 1, maximum: 12 },
  year: { minimum: 2017, maximum: 2100 }
}

/** The parts of a list, without blanks. */
export const partsOf = (spec: string): ReadonlyArray<string> =>
  spec
    .replace(/\s+/g, '')
    .split(',')
    .filter(part => part !== '')

/** A field, read: its numbers, or all of them where it says nothing. */
export interface RecurrenceField {
  readonly name: FieldName
  /** Undefined where the field is blank. */
  readonly holds: ((value: number) => boolean) | undefined
}

/** Reads a field. */
export const recurrenceField = (name: FieldName, spec: string): RecurrenceField => {
  const parts = partsOf(spec)
  if (parts.length === 0) return { name, holds: undefined }
  if (parts.some(part => part.includes('*'))) return { name, holds: () => true }
  const ranges = parts.map(part => {
    const [from = NaN, to = from] = part.split('-').map(Number)
    return { from, to }
  })
  return { name, holds: value => ranges.some(({ from, to }) => from <= value && value <= to) }
}

/** A value, and whether one had to be borrowed from the next larger field to get to it. */
export interface Borrowed {
  readonly value: number
  readonly borrow: boolean
}

/** The nearest value that the field names, at or before `from`; beyond the smallest it goes on at `maximum`, with a borrow. Undefined where a whole round finds none. */
export const nearestBefore = (
  { name, holds }: RecurrenceField,
  from: Borrowed,
  maximum: number = fieldSpecs[name].maximum
): Borrowed | undefined => {
  const { minimum, maximum: largest } = fieldSpecs[name]
  let value = from.value - (from.borrow ? 1 : 0)
  if (holds === undefined) return { value: value < minimum ? maximum : value, borrow: false }
  let borrow = false
  for (let turn = minimum; turn <= largest; turn += 1, value -= 1) {
    if (value < minimum) {
      value = maximum
      borrow = true
    }
    if (holds(value)) return { value, borrow }
  }
  return undefined
}

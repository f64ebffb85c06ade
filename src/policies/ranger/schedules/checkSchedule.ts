/** What Ranger Admin holds against a schedule before it stores one (agents-common, `RangerValidityScheduleValidator`): the same faults, in the same number. */
import type { Fault } from '../../../Fault.ts'
import { fault } from '../../../Fault.ts'
import type { Recurrence, ValiditySchedule } from '../model/ValiditySchedule.ts'
import type { FieldName } from './RecurrenceField.ts'
import { fieldSpecs, partsOf } from './RecurrenceField.ts'
import { isOfferedTimeZone } from './TimeZone.ts'
import { parseExactTime, parseTime } from './WallTime.ts'

/** The verdict: a schedule may be stored in spite of some faults, such as a field that says nothing. */
export interface ScheduleCheck {
  readonly isValid: boolean
  readonly faults: ReadonlyArray<Fault>
}

interface Bounds {
  readonly minimum: number
  readonly maximum: number
}

const names = ['minute', 'hour', 'dayOfMonth', 'dayOfWeek', 'month', 'year'] as const satisfies ReadonlyArray<FieldName>

/**
 * Checks a new schedule as of `nowMs`, which stands in for a start that is not given. Without it, one that has been stored: older Admins asked less, and what they let pass is refused only
 * where it is not clear.
 */
export const checkSchedule = (schedule: ValiditySchedule, nowMs?: number): ScheduleCheck => {
  const { startTime, endTime, timeZone, recurrences } = schedule
  const isNew = nowMs !== undefined
  if (startTime === '' && endTime === '' && recurrences.length === 0)
    return { isValid: false, faults: [fault('', 'must have a start, an end or recurrences')] }
  const parse = isNew ? parseExactTime : parseTime
  const start = startTime === '' ? (nowMs ?? 0) : parse(startTime)
  const end = endTime === '' ? Infinity : parse(endTime)
  if (start === undefined || end === undefined) {
    const rule = 'must be a time as yyyy/MM/dd HH:mm:ss'
    const times = [start === undefined ? 'startTime' : [], end === undefined ? 'endTime' : []].flat()
    return { isValid: false, faults: times.map(path => fault(path, rule)) }
  }
  const faults: Array<Fault> = []
  if (start >= end) faults.push(fault('startTime', 'must be before endTime'))
  if (isNew && timeZone.trim() !== '' && !isOfferedTimeZone(timeZone))
    faults.push(fault('timeZone', 'must be the name of a time zone'))
  const years = isNew ? { minimum: yearOf(start), maximum: yearOf(end) } : undefined
  let isValid = faults.length === 0
  recurrences.forEach((recurrence, index) => {
    isValid = checkRecurrence(recurrence, `recurrences[${index}]`, isValid, years, faults) && isValid
  })
  return { isValid, faults }
}

const yearOf = (wallMs: number): number => (wallMs === Infinity ? Infinity : new Date(wallMs).getUTCFullYear())

/** `years`: of the window, for new schedules. */
const checkRecurrence = (
  { schedule, interval }: Recurrence,
  path: string,
  validSoFar: boolean,
  years: Bounds | undefined,
  faults: Array<Fault>
): boolean => {
  const { days, hours, minutes } = interval
  const takesNoTime = years !== undefined && days === 0 && hours === 0 && minutes === 0
  if (takesNoTime && names.every(name => schedule[name].trim() === '')) {
    faults.push(fault(path, 'must have a schedule and an interval'))
    return false
  }
  let isValid = true
  if (days < 0 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || takesNoTime) {
    faults.push(fault(`${path}.interval`, 'must be days, up to 23 hours and up to 59 minutes'))
    isValid = false
  }
  if (schedule.dayOfMonth.trim() === '' && schedule.dayOfWeek.trim() === '') {
    faults.push(fault(`${path}.schedule`, 'must name days of the month or of the week'))
    isValid = false
  }
  if (!validSoFar || !isValid) return false
  for (const name of names) {
    const spec = schedule[name]
    const at = `${path}.schedule.${name}`
    if (spec.trim() === '' && name !== 'dayOfMonth' && name !== 'dayOfWeek') faults.push(fault(at, 'must not be empty'))
    isValid = checkField(name, spec, at, years, faults) && isValid
  }
  // Where anything at all was found, Ranger takes the whole schedule back.
  return isValid && faults.length === 0
}

const checkField = (
  name: FieldName,
  spec: string,
  path: string,
  years: Bounds | undefined,
  faults: Array<Fault>
): boolean => {
  if (!(name === 'minute' ? /^[\d\s,]*$/ : /^[\d\s,*-]*$/).test(spec)) {
    faults.push(fault(path, 'must consist of numbers, commas, - and *'))
    return false
  }
  const bounds = [fieldSpecs[name], name === 'year' && years !== undefined ? years : []].flat()
  return bounds.every(each => checkParts(name, spec, path, each, years !== undefined, faults))
}

const checkParts = (
  name: FieldName,
  spec: string,
  path: string,
  bounds: Bounds,
  isNew: boolean,
  faults: Array<Fault>
): boolean => {
  const before = faults.length
  const ranges: Array<{ readonly from: number; readonly to: number }> = []
  for (const part of partsOf(spec)) checkPart(name, part, path, bounds, ranges, before, faults)
  ranges.sort((a, b) => a.from - b.from || a.to - b.to)
  if (isNew)
    ranges.forEach(({ to }, index) => {
      for (const later of ranges.slice(index + 1))
        if (to > later.from) faults.push(fault(path, 'must not have overlapping ranges'))
    })
  return faults.length === before
}

const checkPart = (
  name: FieldName,
  part: string,
  path: string,
  { minimum, maximum }: Bounds,
  ranges: Array<{ readonly from: number; readonly to: number }>,
  before: number,
  faults: Array<Fault>
): void => {
  const say = (rule: string) => void faults.push(fault(path, rule))
  const isInside = (value: number) => value >= minimum && value <= maximum
  const ends = part.split('-').filter(end => end !== '')
  const [from = minimum, to = maximum] = ends.map((end, index) =>
    end === '*' ? (index === 0 ? minimum : maximum) : Number(end)
  )
  if (part.startsWith('-') || part.endsWith('-') || ends.length > 2) say('must have ranges as from-to')
  else if (ends.length === 1) {
    if (!isInside(from)) say(`must be from ${minimum} to ${maximum}`)
  } else if ([from, to].some(Number.isNaN)) say('must have ranges as from-to')
  else {
    // Years may begin before the first or end after the last, but not both.
    if (name === 'year') {
      if (from < minimum && to > maximum) say(`must have ranges that begin or end within ${minimum} and ${maximum}`)
    } else {
      if (!isInside(from)) say(`must begin ranges between ${minimum} and ${maximum}`)
      if (!isInside(to)) say(`must end ranges between ${minimum} and ${maximum}`)
    }
    if (faults.length > before) return
    if (from >= to) say('must have ranges that go up')
    else if (ranges.some(range => range.from === from || range.to === to)) say('must not have the same range twice')
    else ranges.push({ from, to })
  }
}

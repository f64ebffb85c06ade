/** Validity schedules. One that can't be told would open or close a policy at the wrong time, so whatever no Ranger Admin would have stored is a fault. */
import { joinPath } from '../../../Fault.ts'
import type { Recurrence, ValiditySchedule } from '../model/ValiditySchedule.ts'
import { checkSchedule } from '../schedules/checkSchedule.ts'
import { isTimeZone } from '../schedules/TimeZone.ts'
import type { Json } from './Json.ts'
import { field, isRecord, list, optionalText, pathOf, refuse, requireFields, whole } from './Json.ts'

const known = {
  schedule: new Set(['startTime', 'endTime', 'timeZone', 'recurrences']),
  recurrence: new Set(['schedule', 'interval']),
  times: new Set(['minute', 'hour', 'dayOfMonth', 'dayOfWeek', 'month', 'year']),
  interval: new Set(['days', 'hours', 'minutes'])
} as const

const readRecurrence = (json: Json): Recurrence => {
  const [schedule, interval] = [field(json, 'schedule'), field(json, 'interval')]
  requireFields(json, known.recurrence)
  if (isRecord(schedule)) requireFields(schedule, known.times)
  if (isRecord(interval)) requireFields(interval, known.interval)
  const spec = (key: string) => optionalText(field(schedule, key)) ?? ''
  const amount = (key: string) => whole(field(interval, key), 0)
  return {
    schedule: {
      minute: spec('minute'),
      hour: spec('hour'),
      dayOfMonth: spec('dayOfMonth'),
      dayOfWeek: spec('dayOfWeek'),
      month: spec('month'),
      year: spec('year')
    },
    interval: { days: amount('days'), hours: amount('hours'), minutes: amount('minutes') }
  }
}

/** A schedule as it is written, whatever it says. */
export const scheduleFields = (json: Json): ValiditySchedule => {
  if (isRecord(json)) requireFields(json, known.schedule)
  return {
    startTime: optionalText(field(json, 'startTime')) ?? '',
    endTime: optionalText(field(json, 'endTime')) ?? '',
    timeZone: (optionalText(field(json, 'timeZone')) ?? '').trim(),
    recurrences: list(field(json, 'recurrences'), readRecurrence)
  }
}

/** One schedule. */
export const readSchedule = (json: Json): ValiditySchedule => {
  const schedule = scheduleFields(json)
  // Policies that were stored long ago may name zones that are no longer offered.
  if (schedule.timeZone !== '' && !isTimeZone(schedule.timeZone))
    refuse(field(json, 'timeZone'), 'must be the name of a time zone')
  const { isValid, faults } = checkSchedule(schedule)
  if (!isValid)
    for (const { path, rule } of faults)
      refuse(path === '' ? json : { ...json, place: joinPath(pathOf(json.place), path) }, rule)
  return schedule
}

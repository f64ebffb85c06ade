/** Whether validity schedules hold at a time. */
import type { Recurrence, ValiditySchedule } from '../model/ValiditySchedule.ts'
import { latestStart } from './latestStart.ts'
import { epochMsOf, wallMsOf } from './TimeZone.ts'
import { fieldsOf, parseTime } from './WallTime.ts'

const minuteMs = 60_000

const recurs = ({ schedule, interval }: Recurrence, epochMs: number, timeZone: string): boolean => {
  const { days, hours, minutes } = interval
  if (days * 24 * 60 + hours * 60 + minutes <= 0) return true
  const start = latestStart(schedule, fieldsOf(wallMsOf(timeZone, epochMs)))
  if (start === undefined) return false
  const startMs = epochMsOf(timeZone, start)
  // Hours and minutes pass on every clock alike; a day is until the same time on this one.
  const partOfDayMs = startMs + (hours * 60 + minutes) * minuteMs
  const endMs = days === 0 ? partOfDayMs : epochMsOf(timeZone, wallMsOf(timeZone, partOfDayMs) + days * 1440 * minuteMs)
  return startMs <= epochMs && epochMs <= endMs
}

/**
 * Makes the test for a list of schedules: none at all always hold, otherwise any one that does. A schedule's own zone, GMT where it names none, is that of its start and end; what recurs, recurs by `timeZone`.
 */
export const inForce = (
  schedules: ReadonlyArray<ValiditySchedule>,
  timeZone: string
): ((epochMs: number) => boolean) => {
  const windows = schedules.map(({ startTime, endTime, timeZone: own, recurrences }) => {
    const toMs = (text: string) => {
      const wall = text === '' ? undefined : parseTime(text)
      return wall === undefined ? undefined : epochMsOf(own === '' ? 'GMT' : own, wall)
    }
    return { startMs: toMs(startTime), endMs: toMs(endTime), recurrences }
  })
  if (windows.length === 0) return () => true
  return epochMs =>
    windows.some(
      ({ startMs, endMs, recurrences }) =>
        (startMs === undefined || epochMs >= startMs) &&
        (endMs === undefined || epochMs <= endMs) &&
        (recurrences.length === 0 || recurrences.some(recurrence => recurs(recurrence, epochMs, timeZone)))
    )
}

/**
 * When a recurrence last began. This follows Ranger's own arithmetic (agents-common, `RangerValidityScheduleEvaluator`) step by step, its odd corners included: a policy that Ranger's
 * plugins hold to be in force has to be in force here.
 */
import type { RecurrenceSchedule } from '../model/ValiditySchedule.ts'
import type { Borrowed, FieldName } from './RecurrenceField.ts'
import { nearestBefore, recurrenceField } from './RecurrenceField.ts'
import type { WallFields } from './WallTime.ts'
import { dayOfWeek, daysInMonth, fieldsOf, monthsBefore, wallMs } from './WallTime.ts'

const none = { borrow: false } as const

/** How far back a day of the month is looked for: beyond that there is no such day. */
const mostMonths = 60

/** The start at or before a wall time, as a wall time; undefined where there is none. */
export const latestStart = (schedule: RecurrenceSchedule, now: WallFields): number | undefined => {
  const nearest = (name: FieldName, from: Borrowed) => nearestBefore(recurrenceField(name, schedule[name]), from)
  const minute = nearest('minute', { value: now.minute, ...none })
  if (minute === undefined) return undefined
  const hour = nearest('hour', { value: now.hour, borrow: minute.borrow })
  if (hour === undefined) return undefined
  const time = { hour: hour.value, minute: minute.value }

  const days: Array<WallFields> = []
  if (schedule.dayOfMonth.trim() !== '') {
    const day = byDayOfMonth(schedule, now, hour.borrow)
    if (day === undefined) return undefined
    days.push({ ...day, ...time })
  }
  if (schedule.dayOfWeek.trim() !== '') {
    const back = daysSinceDayOfWeek(schedule, now, hour.borrow)
    if (back === undefined) return undefined
    days.push({ ...now, ...time, day: now.day - back })
  }

  const starts = days.map(day => {
    const fields = fieldsOf(wallMs(day))
    const month = nearest('month', { value: fields.month, ...none })
    const year = month && nearest('year', { value: fields.year, borrow: month.borrow })
    return month && year && wallMs({ ...fields, month: month.value, year: year.value })
  })
  const found = starts.filter(start => start !== undefined)
  return found.length === starts.length && found.length > 0 ? Math.max(...found) : undefined
}

const byDayOfMonth = (schedule: RecurrenceSchedule, now: WallFields, borrow: boolean): WallFields | undefined => {
  const field = recurrenceField('dayOfMonth', schedule.dayOfMonth)
  let at: WallFields = borrow && now.day === 1 ? fieldsOf(wallMs({ ...now, day: 0 })) : now
  for (let month = 0; month < mostMonths; month += 1) {
    const day = nearestBefore(field, { value: at.day, ...none }, daysInMonth(at.year, at.month - 1))
    if (day !== undefined) return { ...at, day: day.value, month: at.month - (day.borrow ? 1 : 0) }
    at = monthsBefore(at, 1)
  }
  return undefined
}

const daysSinceDayOfWeek = (schedule: RecurrenceSchedule, now: WallFields, borrow: boolean): number | undefined => {
  const today = dayOfWeek(now)
  const day = nearestBefore(recurrenceField('dayOfWeek', schedule.dayOfWeek), { value: today, borrow })
  if (day === undefined) return undefined
  const back = today - day.value
  if (!day.borrow) return back
  const yesterday = borrow ? 1 : 0
  return back === yesterday ? yesterday : back + 7
}

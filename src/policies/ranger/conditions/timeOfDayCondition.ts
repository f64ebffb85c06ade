/** Hours of the day: `9am - 5pm`, `9:30 AM-4:00 p.m.`; a span that ends before it begins goes over midnight. */
import { wallMsOf } from '../schedules/TimeZone.ts'
import { fieldsOf } from '../schedules/WallTime.ts'
import type { ReadCondition } from './Condition.ts'
import { undecidable } from './Condition.ts'
import { truthOf } from './Truth.ts'

const span = /^ *(\d{1,2})(?::(\d{1,2}))? *([aApP])\.?[mM]\.? *- *(\d{1,2})(?::(\d{1,2}))? *([aApP])\.?[mM]\.? *$/

const minutes = (hour: string, minute: string | undefined, half: string): number => {
  const isMorning = half.toLowerCase() === 'a'
  const hours = Number(hour) === 12 ? (isMorning ? 0 : 12) : Number(hour) + (isMorning ? 0 : 12)
  return hours * 60 + Number(minute ?? 0)
}

/** Holds within any of the spans, both ends included. */
export const timeOfDayCondition: ReadCondition = values => {
  const spans = values.map(value => {
    const match = span.exec(value)
    if (match === null) return undefined
    const [, hour = '', minute, half = '', toHour = '', toMinute, toHalf = ''] = match
    return { from: minutes(hour, minute, half), to: minutes(toHour, toMinute, toHalf) }
  })
  const read = spans.filter(found => found !== undefined)
  if (read.length === 0 || read.length < spans.length)
    return undecidable('a time of day that is not written as 9am-5pm')
  return {
    isPersonal: false,
    holds: ({ occasion, timeZone }) => {
      const { hour, minute } = fieldsOf(wallMsOf(timeZone, occasion.accessTimeMs))
      const now = hour * 60 + minute
      return truthOf(read.some(({ from, to }) => (from < to ? from <= now && now <= to : from <= now || now <= to)))
    }
  }
}

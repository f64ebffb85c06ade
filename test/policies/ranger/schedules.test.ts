/** Schedules: what Ranger Admin takes, what is read all the same, and when they hold. */
import * as E from 'fp-ts/lib/Either.js'
import { createRangerEngine, readServicePolicies } from 'on-demand-sync/policies'
import { orThrow } from 'on-demand-sync'
import { describe, expect, it } from 'vitest'
import type { Recurrence, ValiditySchedule } from '../../../src/policies/ranger/model/ValiditySchedule.ts'
import { checkSchedule } from '../../../src/policies/ranger/schedules/checkSchedule.ts'
import type { Json } from './ranger.ts'
import { faultsOf, may, policiesJson, policy } from './ranger.ts'

const window = { startTime: '2018/01/12 14:32:00', endTime: '2020/02/03 12:16:00' }
const times = { minute: '0', hour: '12', dayOfMonth: '*', dayOfWeek: '*', month: '*', year: '2018-2020' }
const recurring = (more: Json = {}, interval: Json = { hours: 1 }): Json => ({
  ...window,
  recurrences: [{ schedule: { ...times, ...more }, interval }]
})

describe('a new schedule', () => {
  const full = (json: Json): ValiditySchedule => {
    const { recurrences = [], ...own } = json as Partial<ValiditySchedule>
    const nothing = { minute: '', hour: '', dayOfMonth: '', dayOfWeek: '', month: '', year: '' }
    return {
      startTime: '',
      endTime: '',
      timeZone: '',
      ...own,
      recurrences: recurrences.map(({ schedule, interval }: Partial<Recurrence>) => ({
        schedule: { ...nothing, ...schedule },
        interval: { days: 0, hours: 0, minutes: 0, ...interval }
      }))
    }
  }

  it.each<[string, number, Json]>([
    ['nothing', 1, {}],
    ['a window', 0, window],
    ['a day that there is not', 1, { startTime: '2018/02/30 00:00:00' }],
    ['an hour that there is not', 1, { endTime: '2038/02/20 24:00:00' }],
    ['two times that are none', 2, { startTime: 'soon', endTime: '2018/13/01 00:00:00' }],
    ['an end before the start', 1, { startTime: window.endTime, endTime: window.startTime }],
    ['a zone', 0, { ...window, timeZone: 'Asia/Kolkata' }],
    ['one of the few short names', 0, { ...window, timeZone: 'EST' }],
    ['an offset by a name', 0, { ...window, timeZone: 'Etc/GMT+5' }],
    ['another short name', 1, { ...window, timeZone: 'PST' }],
    ['an offset', 1, { ...window, timeZone: 'GMT+5' }],
    ['a name in the wrong case', 1, { ...window, timeZone: 'asia/kolkata' }],
    ['what recurs', 0, recurring()],
    ['no time at all', 1, recurring({}, { days: 0 })],
    ['days that are none', 1, recurring({}, { days: -1 })],
    ['hours that are days', 1, recurring({}, { hours: 24 })],
    ['neither schedule nor interval', 1, { ...window, recurrences: [{}] }],
    ['no days', 1, recurring({ dayOfMonth: '', dayOfWeek: ' ' })],
    ['no days, and no time', 2, recurring({ dayOfMonth: '', dayOfWeek: '' }, {})],
    ['no minute', 1, recurring({ minute: '' })],
    ['any minute', 1, recurring({ minute: '*' })],
    ['minutes that there are not', 2, recurring({ minute: '60, 30, 61' })],
    ['a star in a number', 1, recurring({ hour: '1*' })],
    ['several ranges', 0, recurring({ hour: '9-12, 14-17' })],
    ['ranges that meet', 0, recurring({ hour: '9-12,12-17' })],
    ['ranges that overlap', 1, recurring({ hour: '9-13,12-17' })],
    ['a range within another', 1, recurring({ hour: '9-17,12-13' })],
    ['the same range twice', 1, recurring({ hour: '9-12,9-13' })],
    ['a range that goes down', 1, recurring({ hour: '17-9' })],
    ['half a range', 1, recurring({ hour: '9-' })],
    ['a range beyond the end', 1, recurring({ hour: '9-24' })],
    ['a range beyond both ends', 2, recurring({ month: '0-13' })],
    ['faults of two fields', 2, recurring({ hour: '24', month: '13' })],
    ['a year before the window', 1, recurring({ year: '2017' })],
    ['a year after the window', 1, recurring({ year: '2018, 2021' })],
    ['a year before all', 1, recurring({ year: '2016' })],
    ['years from before the window', 0, recurring({ year: '2016-2019' })],
    ['years from before the window until after', 1, recurring({ year: '2017-2021' })],
    ['years without an end', 0, { ...recurring({ year: '2019-2030' }), endTime: '' }]
  ])('with %s has %i faults', (_, count, json) => {
    const { isValid, faults } = checkSchedule(full(json), Date.UTC(2018, 0, 1))
    expect([faults.length, isValid]).toEqual([count, count === 0])
  })
})

describe('a schedule that has been stored', () => {
  const read = (...schedules: ReadonlyArray<Json>) =>
    readServicePolicies(
      policiesJson({ policies: [policy('D.S.T', { allow: ['ann select'] }, { validitySchedules: schedules })] })
    )
  const holds = (schedule: Json, at: string, timeZone = 'UTC') =>
    may(createRangerEngine({ policies: orThrow(read(schedule)) }, { timeZone }), 'ann', 'select', 'D.S.T', {
      accessTimeMs: Date.parse(at)
    })

  it.each<[string, Json]>([
    ['hours in several ranges', recurring({ hour: '9-12,14-17' })],
    ['years beyond its window', recurring({ year: '2017-2021' })],
    ['no length', recurring({}, { days: 0 })],
    ['a zone that is no longer offered', { ...window, timeZone: 'PST' }]
  ])('is read with %s', (_, schedule) => {
    expect(E.isRight(read(schedule))).toBe(true)
  })

  it.each<[string, Json, string]>([
    ['a zone that Java would take for GMT', { ...window, timeZone: 'europe/berlin' }, 'timeZone'],
    ['an offset that Java would take for GMT', { ...window, timeZone: 'UTC+5' }, 'timeZone'],
    ['a star in a number', recurring({ hour: '1*' }), 'recurrences[0].schedule.hour']
  ])('is refused with %s', (_, schedule, path) => {
    expect(faultsOf(read(schedule))).toEqual([expect.stringContaining(`validitySchedules[0].${path}`)])
  })

  it('holds in several ranges of hours', () => {
    const office = recurring({ hour: '9-11,14-16' }, { minutes: 59 })
    const hours = [8, 9, 11, 12, 13, 14, 16, 17].filter(hour =>
      holds(office, `2018-06-01T${String(hour).padStart(2, '0')}:30:00Z`)
    )
    expect(hours).toEqual([9, 11, 14, 16])
  })

  it.each(['UTC', 'America/Los_Angeles', 'Asia/Kolkata'])('has a window in GMT where it names no zone (%s)', zone => {
    const day = { startTime: '2024/01/02 00:00:00', endTime: '2024/01/03 00:00:00' }
    expect(holds(day, '2024-01-01T23:59:00Z', zone)).toBe(false)
    expect(holds(day, '2024-01-02T00:01:00Z', zone)).toBe(true)
    expect(holds(day, '2024-01-02T23:59:00Z', zone)).toBe(true)
    expect(holds(day, '2024-01-03T00:01:00Z', zone)).toBe(false)
  })
})

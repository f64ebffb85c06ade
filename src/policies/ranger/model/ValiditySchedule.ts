/** When a policy or a tag holds. Times are written `yyyy/MM/dd HH:mm:ss`. */

/** The fields of a recurrence, each a comma-separated list of numbers, ranges (`9-17`) or `*`. Days of the week count from 1, Sunday; months from 1, January. */
export interface RecurrenceSchedule {
  readonly minute: string
  readonly hour: string
  readonly dayOfMonth: string
  readonly dayOfWeek: string
  readonly month: string
  readonly year: string
}

/** From every start that the schedule names, for so long. */
export interface Recurrence {
  readonly schedule: RecurrenceSchedule
  readonly interval: { readonly days: number; readonly hours: number; readonly minutes: number }
}

/** One window, and what recurs in it; empty texts leave an end open. */
export interface ValiditySchedule {
  readonly startTime: string
  readonly endTime: string
  /** An IANA name, or one of Java's older ones such as `PST`; empty for GMT. */
  readonly timeZone: string
  /** None: the whole window. */
  readonly recurrences: ReadonlyArray<Recurrence>
}

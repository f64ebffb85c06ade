/** Dates in tags and conditions, in the forms that Ranger reads. Wall times, as milliseconds since 1970 on that clock. */

const tagForms = [
  /^\s*(\d{1,4})-(\d{1,2})-(\d{1,2})T(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,3})Z/,
  /^\s*(\d{1,4})\/(\d{1,2})\/(\d{1,2})/
]

const rangeForms = [
  /^\s*(\d{1,4})\/(\d{1,2})\/(\d{1,2}) \s*(\d{1,2}):(\d{1,2}):(\d{1,2})/,
  /^\s*(\d{1,4})\/(\d{1,2})\/(\d{1,2}) \s*(\d{1,2}):(\d{1,2})/,
  /^\s*(\d{1,4})\/(\d{1,2})\/(\d{1,2})/
]

const parse = (forms: ReadonlyArray<RegExp>, text: string): number | undefined => {
  for (const form of forms) {
    const match = form.exec(text)
    if (match === null) continue
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = match.slice(1).map(Number)
    const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms))
    const isDate =
      date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
    if (isDate) return date.getTime()
  }
  return undefined
}

/** A tag attribute: `yyyy/MM/dd`, or `yyyy-MM-dd'T'HH:mm:ss.SSS'Z'` as Atlas writes it. */
export const parseTagDate = (text: string): number | undefined => parse(tagForms, text)

/** An argument of IS_ACCESS_TIME_…: `yyyy/MM/dd`, with or without a time. */
export const parseRangeDate = (text: string): number | undefined => parse(rangeForms, text)

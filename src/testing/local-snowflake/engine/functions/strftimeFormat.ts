/**
 * Snowflake's date and time formats in strftime's letters.
 *
 * @see https://docs.snowflake.com/en/sql-reference/date-time-input-output
 */

/** Longest first. */
const elements: ReadonlyArray<readonly [string, string]> = [
  ['YYYY', '%Y'],
  ['MMMM', '%B'],
  ['HH24', '%H'],
  ['HH12', '%I'],
  ['TZHTZM', '%z'],
  ['TZH:TZM', '%z'],
  ['MON', '%b'],
  ['FF9', '%n'],
  ['FF6', '%f'],
  ['FF3', '%g'],
  ['FF', '%n'],
  ['YY', '%y'],
  ['MM', '%m'],
  ['DD', '%d'],
  ['DY', '%a'],
  ['MI', '%M'],
  ['SS', '%S'],
  ['AM', '%p'],
  ['PM', '%p']
]

export const strftimeFormat = (format: string): string => {
  let out = ''
  for (let at = 0; at < format.length;) {
    const quoted = /^"([^"]*)"/.exec(format.slice(at))
    const element = elements.find(([name]) => format.slice(at, at + name.length).toUpperCase() === name)
    if (quoted !== null) out += quoted[1] ?? ''
    else if (element !== undefined) out += element[1]
    else out += format.charAt(at).replace('%', '%%')
    at += quoted?.[0].length ?? element?.[0].length ?? 1
  }
  return out
}

/** Offsets of time zones at a local time, from the runtime's time zone data. */

/** Short names that the language's reference knows beside region ids; those of a region with summer time mean its time of the day in question. */
const shortNames: { readonly [name: string]: string } = {
  UTC: 'UTC',
  GMT: 'UTC',
  UT: 'UTC',
  BST: 'Europe/London',
  WET: 'Europe/Lisbon',
  WEST: 'Europe/Lisbon',
  CET: 'Europe/Paris',
  CEST: 'Europe/Paris',
  EET: 'Europe/Athens',
  EEST: 'Europe/Athens',
  MSK: 'Europe/Moscow',
  EST: 'America/New_York',
  EDT: 'America/New_York',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  JST: 'Asia/Tokyo'
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** More than there are zones; a zone can be spelled in many cases, and a stranger shall not fill the memory with them. */
const maxFormats = 1_000

/** Undefined for a name that is no zone. */
const formatOf = (zone: string): Intl.DateTimeFormat | undefined => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  // Newer runtimes know offsets as zones; here they are read elsewhere, alike in all versions.
  if (!/^[A-Za-z]/.test(zone)) return undefined
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric'
    })
    if (formats.size >= maxFormats) formats.clear()
    formats.set(zone, format)
    return format
  } catch {
    // Intl says by throwing that it has no such zone.
    return undefined
  }
}

/** What the clocks of the zone show at this time, as if they showed UTC. */
const localMs = (format: Intl.DateTimeFormat, epochMs: number): number => {
  const parts = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, value]))
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
  const year = parts.get('era')?.startsWith('B') === true ? 1 - number('year') : number('year')
  const shown = new Date(0)
  shown.setUTCFullYear(year, number('month') - 1, number('day'))
  return shown.setUTCHours(number('hour'), number('minute'), number('second'), 0)
}

/**
 * The time at which the zone's clocks show `local`. Of a time shown twice, the earlier; a time skipped is moved on by what was skipped.
 * Undefined where there is no such zone.
 */
export const zonedToEpochMs = (local: number, zone: string): number | undefined => {
  const format = formatOf(Object.hasOwn(shortNames, zone) ? (shortNames[zone] ?? zone) : zone)
  if (format === undefined) return undefined
  const offsetAt = (epochMs: number): number => localMs(format, epochMs) - Math.floor(epochMs / 1_000) * 1_000
  // The offsets of the day before and after tell of any change in between.
  const before = offsetAt(local - 86_400_000)
  const after = offsetAt(local + 86_400_000)
  const fits = [before, after].filter(offset => offsetAt(local - offset) === offset)
  return local - (fits.length > 0 ? Math.max(...fits) : before)
}

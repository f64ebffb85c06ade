/** Time zones by the names that Java takes, so that a schedule means here what it means to Ranger. */

/** Java's three-letter names (`java.time.ZoneId.SHORT_IDS`). */
const shortNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ACT: 'Australia/Darwin',
    AET: 'Australia/Sydney',
    AGT: 'America/Argentina/Buenos_Aires',
    ART: 'Africa/Cairo',
    AST: 'America/Anchorage',
    BET: 'America/Sao_Paulo',
    BST: 'Asia/Dhaka',
    CAT: 'Africa/Harare',
    CNT: 'America/St_Johns',
    CST: 'America/Chicago',
    CTT: 'Asia/Shanghai',
    EAT: 'Africa/Addis_Ababa',
    ECT: 'Europe/Paris',
    EST: 'GMT-05:00',
    HST: 'GMT-10:00',
    IET: 'America/Indiana/Indianapolis',
    IST: 'Asia/Kolkata',
    JST: 'Asia/Tokyo',
    MIT: 'Pacific/Apia',
    MST: 'GMT-07:00',
    NET: 'Asia/Yerevan',
    NST: 'Pacific/Auckland',
    PLT: 'Asia/Karachi',
    PNT: 'America/Phoenix',
    PRT: 'America/Puerto_Rico',
    PST: 'America/Los_Angeles',
    SST: 'Pacific/Guadalcanal',
    VST: 'Asia/Ho_Chi_Minh'
  })
)

/** Java reads offsets after GMT alone. */
const fixed = /^(?:UTC|Z|GMT(?:([+-])(\d{1,2})(?::?(\d{2}))?)?)$/

/** Java tells upper from lower case, and takes a name that it doesn't know for GMT. */
const region = /^[A-Z][^/]*(?:\/[A-Z][^/]*)*$/

const fixedOffsetMs = (name: string): number | undefined => {
  const [all, sign, hours = '0', minutes = '0'] = fixed.exec(name) ?? []
  if (all === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The formatter of an IANA zone, made once: making one costs a thousand times more than using it. */
const formatOf = (name: string): Intl.DateTimeFormat | undefined => {
  const known = formats.get(name)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric'
    })
    formats.set(name, format)
    return format
  } catch {
    // There is no such zone; the caller is told by the undefined.
    return undefined
  }
}

/** Whether a name stands for a zone. */
export const isTimeZone = (name: string): boolean =>
  fixedOffsetMs(name) !== undefined ||
  shortNames.has(name) ||
  (region.test(name) && !/^(?:GMT|UTC)[+-]/.test(name) && formatOf(name) !== undefined)

const offeredShortNames = ['EST', 'HST', 'MST']

/** Whether Ranger Admin lets a new schedule name it: hardly any three-letter names, no offsets. */
export const isOfferedTimeZone = (name: string): boolean =>
  shortNames.has(name) ? offeredShortNames.includes(name) : !/^(?:Z$|GMT[+-])/.test(name) && isTimeZone(name)

/** What the zone's clocks show at a time, as milliseconds since 1970 on that clock. */
export const wallMsOf = (name: string, epochMs: number): number => {
  const zone = shortNames.get(name) ?? name
  const offsetMs = fixedOffsetMs(zone)
  const format = offsetMs === undefined ? formatOf(zone) : undefined
  if (format === undefined) return epochMs + (offsetMs ?? 0)
  const part = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]))
  const field = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0
  const wallMs = Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second')
  )
  return wallMs + (((epochMs % 1000) + 1000) % 1000)
}

/** When the zone's clocks show that. Of two such times the later, as Java has it; a time that the clocks skip is read with the offset before the skip. */
export const epochMsOf = (name: string, wallMs: number): number => {
  const dayMs = 86_400_000
  const offsets = [wallMs - dayMs, wallMs + dayMs].map(near => wallMsOf(name, near) - near)
  const candidates = offsets.map(offset => wallMs - offset).filter(epochMs => wallMsOf(name, epochMs) === wallMs)
  return candidates.length > 0 ? Math.max(...candidates) : wallMs - (offsets[0] ?? 0)
}

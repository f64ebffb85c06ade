/** @see https://docs.snowflake.com/en/sql-reference/functions-date-time */
import { dateType, timestampType } from '../../sql/DataType.ts'
import type { DataType } from '../../sql/DataType.ts'
import { invalidValue, unsupported } from '../../StatementError.ts'
import { asText, castTo } from '../coerce.ts'
import type { Compiled } from '../Compiled.ts'
import { isText } from '../engineTypes.ts'
import { built, number, scalar, text } from './FunctionTable.ts'
import type { FunctionTable, ScalarFunction } from './FunctionTable.ts'

const none: Compiled = { sql: 'NULL', type: undefined }
const ntz = timestampType('TIMESTAMP_NTZ')

/** Spellings of the parts of a date, by the engine's name. */
const parts: ReadonlyArray<readonly [string, string]> = [
  ['year', 'YEAR Y YY YYY YYYY YR YEARS YRS'],
  ['quarter', 'QUARTER Q QTR QTRS QUARTERS'],
  ['month', 'MONTH MM MON MONS MONTHS'],
  ['week', 'WEEK W WK WEEKOFYEAR WOY WY WEEK_ISO WEEKISO'],
  ['day', 'DAY D DD DAYS DAYOFMONTH'],
  ['dayofweek', 'DAYOFWEEK WEEKDAY DOW DW'],
  ['isodow', 'DAYOFWEEKISO WEEKDAY_ISO DOW_ISO DW_ISO DAYOFWEEK_ISO'],
  ['dayofyear', 'DAYOFYEAR YEARDAY DOY DY'],
  ['hour', 'HOUR H HH HR HOURS HRS'],
  ['minute', 'MINUTE M MI MIN MINUTES MINS'],
  ['second', 'SECOND S SEC SECONDS SECS'],
  ['millisecond', 'MILLISECOND MS MSEC MILLISECONDS'],
  ['microsecond', 'MICROSECOND US USEC MICROSECONDS'],
  ['epoch', 'EPOCH_SECOND EPOCH EPOCH_SECONDS']
]

const partNames = new Map(
  parts.flatMap(([engine, spellings]) => spellings.split(' ').map(spelling => [spelling, engine] as const))
)

const partOf = (part: Compiled | undefined): string => {
  if (part?.literal?.type !== 'text') throw unsupported('date parts that are not constant')
  const name = partNames.get(part.literal.text.toUpperCase())
  if (name === undefined) throw invalidValue(`'${part.literal.text}' is not a valid date/time component.`)
  return name
}

/** A text stands for a timestamp. */
const moment = (value: Compiled): Compiled => (isText(value.type) ? castTo(value, ntz) : value)

const add = built(3, 3, ([part, amount = none, from = none]) => {
  const at = moment(from)
  const name = partOf(part)
  const whole = `CAST(${amount.sql} AS BIGINT)`
  const unit = name === 'quarter' ? `to_months(3 * ${whole})` : `to_${name}s(${whole})`
  const dated = at.type?.name === 'DATE' && ['year', 'quarter', 'month', 'week', 'day'].includes(name)
  const sum = `(${at.sql} + ${unit})`
  return dated
    ? { sql: `CAST(${sum} AS DATE)`, type: dateType }
    : { sql: sum, type: at.type?.name === 'DATE' ? ntz : at.type }
})

const difference = built(3, 3, ([part, from = none, to = none]) => ({
  sql: `date_diff('${partOf(part)}', ${moment(from).sql}, ${moment(to).sql})`,
  type: number
}))

const truncate = built(2, 2, ([part, value = none]) => {
  const at = moment(value)
  const sql = `date_trunc('${partOf(part)}', ${at.sql})`
  return at.type?.name === 'DATE' ? { sql: `CAST(${sql} AS DATE)`, type: dateType } : { sql, type: at.type }
})

const extract = (name?: string): ScalarFunction =>
  built(name === undefined ? 2 : 1, name === undefined ? 2 : 1, args => {
    const part = name ?? partOf(args[0])
    const value = moment(args.at(-1) ?? none)
    return { sql: `CAST(floor(date_part('${part}', ${value.sql})) AS BIGINT)`, type: number }
  })

const lastDay = built(1, 2, ([value = none, part]) => {
  const name = part === undefined ? 'month' : partOf(part)
  return {
    sql: `CAST(date_trunc('${name}', ${moment(value).sql}) + INTERVAL 1 ${name} - INTERVAL 1 day AS DATE)`,
    type: dateType
  }
})

const shortName = (template: string): ScalarFunction =>
  built(1, 1, ([value = none]) => ({ sql: template.replace('$1', moment(value).sql), type: text }))

const convertZone = built(2, 3, args => {
  const [from, to, value] = args.length === 3 ? args : [undefined, args[0], args[1]]
  const zone = (name: Compiled | undefined): string => asText(name ?? none).sql
  if (value === undefined) return none
  const zoned =
    from === undefined ? moment(value).sql : `timezone(${zone(from)}, CAST(${moment(value).sql} AS TIMESTAMP))`
  return { sql: `timezone(${zone(to)}, CAST(${zoned} AS TIMESTAMPTZ))`, type: ntz }
})

const fromParts = (type: DataType): ScalarFunction =>
  scalar(
    'make_timestamp(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT), CAST($6 AS DOUBLE))',
    type,
    6
  )

export const timeFunctions: FunctionTable = {
  DATEADD: add,
  TIMEADD: add,
  TIMESTAMPADD: add,
  DATEDIFF: difference,
  TIMEDIFF: difference,
  TIMESTAMPDIFF: difference,
  DATE_TRUNC: truncate,
  DATE_PART: extract(),
  YEAR: extract('year'),
  QUARTER: extract('quarter'),
  MONTH: extract('month'),
  WEEK: extract('week'),
  WEEKISO: extract('week'),
  WEEKOFYEAR: extract('week'),
  DAY: extract('day'),
  DAYOFMONTH: extract('day'),
  DAYOFWEEK: extract('dayofweek'),
  DAYOFWEEKISO: extract('isodow'),
  DAYOFYEAR: extract('dayofyear'),
  HOUR: extract('hour'),
  MINUTE: extract('minute'),
  SECOND: extract('second'),
  LAST_DAY: lastDay,
  ADD_MONTHS: built(2, 2, ([value = none, months = none]) => ({
    sql: `CAST(${moment(value).sql} + to_months(CAST(${months.sql} AS INTEGER)) AS DATE)`,
    type: dateType
  })),
  MONTHNAME: shortName('left(monthname($1), 3)'),
  DAYNAME: shortName('left(dayname($1), 3)'),
  DATE_FROM_PARTS: scalar('make_date(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT))', dateType, 3),
  DATEFROMPARTS: scalar('make_date(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT))', dateType, 3),
  TIMESTAMP_FROM_PARTS: fromParts(ntz),
  TIMESTAMP_NTZ_FROM_PARTS: fromParts(ntz),
  CONVERT_TIMEZONE: convertZone,
  INTERVAL: built(1, 1, ([value = none]) => ({ sql: `CAST(${value.sql} AS INTERVAL)`, type: undefined }))
}

/** What a user should see of a table by what Ranger decides, worked out without the compiler. */
import { createHash } from 'node:crypto'
import type { RangerEngine } from 'on-demand-sync/policies'
import { elements } from '../ranger.ts'
import { nowMs } from './anyService.ts'

export type Value = string | number | null
export type Row = Readonly<Record<string, Value>>

/** A table of the account, and what is in it. Dates are texts here. */
export interface Table {
  readonly path: string
  /** Types by column. */
  readonly columns: Readonly<Record<string, string>>
  readonly rows: ReadonlyArray<Row>
}

const redact = (text: string): string =>
  text
    .replace(/[A-Z]/g, 'X')
    .replace(/[a-z]/g, 'x')
    .replace(/[0-9]/g, '0')
    .replace(/[^ -~]/gu, 'x')

const firstDigits = (number: number, shown: number): number => {
  const digits = String(Math.trunc(Math.abs(number)))
  if (number === 0) return 1
  return digits.length <= shown
    ? Math.sign(number) * Number('1'.repeat(digits.length))
    : Math.sign(number) * Number(digits.slice(0, shown) + '1'.repeat(digits.length - shown))
}

const lastDigits = (number: number, shown: number): number => {
  const digits = String(Math.trunc(Math.abs(number)))
  return digits.length <= shown
    ? firstDigits(number, 0)
    : Math.sign(number) * Number('1'.repeat(digits.length - shown) + digits.slice(-shown))
}

const stars = (text: string, from: number, to: number): string =>
  [...text].map((unit, index) => (text.length > 4 && index >= from && index < to ? unit : '*')).join('')

/** No more of a text than its column takes. */
const fit = (text: string, dataType: string): string => text.slice(0, Number(/\d+/.exec(dataType)?.[0] ?? text.length))

/** A value under a mask. Undefined: the type can't carry the mask, NULL stands for it and is reported. */
const masked = (mask: string, valueExpr: string | undefined, value: Value, dataType: string): Value | undefined => {
  if (mask === 'MASK_NONE') return value
  if (mask === 'MASK_NULL') return null
  const isText = dataType.startsWith('VARCHAR')
  const isNumber = dataType.startsWith('NUMBER')
  if (mask === 'CUSTOM') {
    if (valueExpr === 'CASE WHEN 1 = 1 THEN {col} END') return value
    if (valueExpr === "UPPER({col}) || '!'")
      return value === null ? null : fit(`${String(value).toUpperCase()}!`, dataType)
    return valueExpr === undefined ? undefined : fit(valueExpr.slice(1, -1).replaceAll("''", "'"), dataType)
  }
  if (!isText && !isNumber) {
    if (mask !== 'MASK_DATE_SHOW_YEAR' || dataType !== 'DATE') return undefined
    return typeof value === 'string' ? `${value.slice(0, 4)}-01-01` : null
  }
  if (value === null) return mask === 'MASK_UNHEARD_OF' || (mask === 'MASK_HASH' && isNumber) ? undefined : null
  const number = Number(value)
  const text = String(value)
  switch (mask) {
    case 'MASK':
    case 'MASK_DATE_SHOW_YEAR':
      return isText ? redact(text) : firstDigits(number, 0)
    case 'MASK_SHOW_FIRST_4':
      return isText ? stars(text, 0, 4) : firstDigits(number, 4)
    case 'MASK_SHOW_LAST_4':
      return isText ? stars(text, text.length - 4, text.length) : lastDigits(number, 4)
    case 'MASK_HASH':
      return isText ? fit(createHash('sha256').update(text).digest('hex'), dataType) : undefined
    default:
      return undefined
  }
}

/** The few forms of filters that the services have. */
const passes = (where: string, row: Row): boolean => {
  const [, text] = /^A = '(.*)'$/.exec(where) ?? []
  if (text !== undefined) return row['A'] === text.replaceAll("''", "'")
  const [, lower] = /^LOWER\(A\) = '(.*)'$/.exec(where) ?? []
  if (lower !== undefined) return String(row['A']).toLowerCase() === lower.replaceAll("''", "'")
  if (where === 'B = 42') return row['B'] === 42
  if (where === 'K IN (1, 3)') return row['K'] === 1 || row['K'] === 3
  throw new Error(`a filter that the oracle does not know: ${where}`)
}

/** What a user should see. */
export interface Expected {
  readonly maySelect: boolean
  readonly rows: ReadonlyArray<Row>
  /** Whether something less than what the policies ask for stands in here, which has to be reported. */
  readonly isNarrowed: boolean
}

/** Asks the engine about the table, its columns, their masks and the row filter. */
export const expectedFor = (engine: RangerEngine, user: string, { path, columns, rows }: Table): Expected => {
  const asked = (on: string) => ({ resource: { elements: elements(on) }, user, accessTimeMs: nowMs })
  const may = (on: string) => engine.decide({ ...asked(on), accessType: 'select' })
  const whole = may(path).isAllowed
  let isNarrowed = false
  const sees = (column: string): boolean => {
    const own = may(`${path}.${column}`)
    return own.isAllowed || (own.policyId === -1 && whole)
  }
  const names = Object.keys(columns)
  const seen = new Set(names.filter(sees))
  const show = (column: string, dataType: string): ((value: Value) => Value) => {
    if (!seen.has(column)) return () => null
    const mask = engine.maskFor(asked(`${path}.${column}`))
    if (mask === undefined) return value => value
    const { dataMaskType, valueExpr } = mask.item.dataMaskInfo
    const written = valueExpr === undefined ? undefined : mask.write(valueExpr)
    const isCertain = mask.isCertain && (valueExpr === undefined) === (written === undefined)
    return value => {
      const shown = isCertain ? masked(dataMaskType, written, value, dataType) : undefined
      if (shown === undefined) isNarrowed = true
      return shown ?? null
    }
  }
  const shows = Object.entries(columns).map(([column, dataType]) => [column, show(column, dataType)] as const)
  const filter = engine.filterFor(asked(path))
  const where = filter?.isCertain === true ? filter.write(filter.item.rowFilterInfo.filterExpr) : undefined
  if (filter !== undefined && where === undefined) isNarrowed = true
  const visible = filter === undefined ? rows : where === undefined ? [] : rows.filter(row => passes(where, row))
  return {
    maySelect: whole || seen.size > 0,
    rows: visible.map(row => Object.fromEntries(shows.map(([column, one]) => [column, one(row[column] ?? null)]))),
    isNarrowed
  }
}

/** How what is found lies to what is expected. */
export type Outcome = 'the same' | 'less' | 'more'

const isLess = (found: Row, wanted: Row): boolean =>
  Object.entries(found).every(([column, value]) => value === null || value === wanted[column])

/** Whether each of the found rows can be put under another of the wanted ones. */
const fitsUnder = (found: ReadonlyArray<Row>, wanted: ReadonlyArray<Row>): boolean => {
  const [first, ...rest] = found
  if (first === undefined) return true
  return wanted.some(
    (row, index) =>
      isLess(first, row) &&
      fitsUnder(
        rest,
        wanted.filter((_, other) => other !== index)
      )
  )
}

const inOrder = (rows: ReadonlyArray<Row>): string => JSON.stringify(rows.map(row => JSON.stringify(row)).sort())

/** Compares. `found` undefined: no access. */
export const compare = (found: ReadonlyArray<Row> | undefined, { maySelect, rows }: Expected): Outcome => {
  if (found === undefined) return maySelect ? 'less' : 'the same'
  if (!maySelect) return 'more'
  if (inOrder(found) === inOrder(rows)) return 'the same'
  return fitsUnder(found, rows) ? 'less' : 'more'
}

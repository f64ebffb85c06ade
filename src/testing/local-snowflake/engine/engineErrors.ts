/** What the engine throws, in Snowflake's codes. */
import { StatementError, canceled } from '../StatementError.ts'

/** A rule written into the engine's SQL speaks through this prefix: `SF|code|state|text`. */
const mark = 'SF|'

export const raise = (code: string, sqlState: string, text: string): string =>
  `error('${mark}${code}|${sqlState}|${text.replaceAll("'", "''")}')`

export const toStatementError = (error: unknown): unknown => {
  if (error instanceof StatementError || !(error instanceof Error)) return error
  const [text = ''] = error.message.split('\n')
  return (
    marked(text) ??
    conversion(text) ??
    known(text) ??
    new StatementError(
      '000002',
      '0A000',
      `Unsupported feature 'expression the local engine cannot evaluate (${text})'.`
    )
  )
}

const marked = (text: string): StatementError | undefined => {
  const at = text.indexOf(mark)
  if (at === -1) return undefined
  const [code = '', sqlState = '', ...rest] = text.slice(at + mark.length).split('|')
  return new StatementError(code, sqlState, rest.join('|'))
}

const conversion = (text: string): StatementError | undefined => {
  const value = /(?:string|value) ["']?([^"']*)["']? to/.exec(text)?.[1] ?? /"([^"]*)"/.exec(text)?.[1] ?? ''
  if (/^Conversion Error.*to (DECIMAL|DOUBLE|FLOAT|U?(TINY|SMALL|BIG|HUGE)?INT)/.test(text)) {
    return new StatementError('100038', '22018', `Numeric value '${value}' is not recognized`)
  }
  if (/^Conversion Error.*BOOL/.test(text))
    return new StatementError('100037', '22018', `Boolean value '${value}' is not recognized`)
  if (/^Conversion Error.*(invalid date|DATE)/i.test(text))
    return new StatementError('100040', '22007', `Date '${value}' is not recognized`)
  if (/^Conversion Error.*timestamp/i.test(text) || text.startsWith('Invalid Input Error: Could not parse')) {
    return new StatementError('100035', '22007', `Timestamp '${value}' is not recognized`)
  }
  if (text.startsWith('Conversion Error'))
    return new StatementError('100038', '22018', `Value '${value}' is not recognized`)
  return undefined
}

const lockedCode = '000625'

export const isLocked = (error: unknown): boolean => error instanceof StatementError && error.code === lockedCode

export const lockedTable = (): StatementError =>
  new StatementError(
    lockedCode,
    '57014',
    'Statement was aborted because a table or stream it changes is locked by another transaction.'
  )

const known = (text: string): StatementError | undefined => {
  if (text.includes('INTERRUPT')) return canceled()
  if (text.startsWith('Out of Range Error'))
    return new StatementError('100039', '22003', 'Numeric value is out of range')
  if (text.includes('More than one row returned by a subquery')) {
    return new StatementError('090150', '22000', 'Single-row subquery returns more than one row.')
  }
  if (/Conflict|conflict/.test(text)) {
    return lockedTable()
  }
  return undefined
}

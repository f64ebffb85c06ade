/** `START 1 INCREMENT 1 ORDER`, in any order, of CREATE SEQUENCE. */
import type { Cursor } from './Cursor.ts'

interface Steps {
  readonly start: number | undefined
  readonly increment: number | undefined
  readonly ordered: boolean
}

export const parseSequenceSteps = (cursor: Cursor): Steps => {
  let steps: Steps = { start: undefined, increment: undefined, ordered: true }
  for (;;) {
    cursor.optionalSymbol(',')
    if (cursor.take('START')) steps = { ...steps, start: parseNumber(cursor, 'WITH') }
    else if (cursor.take('INCREMENT')) steps = { ...steps, increment: parseNumber(cursor, 'BY') }
    else if (cursor.take('NOORDER')) steps = { ...steps, ordered: false }
    else if (!cursor.take('ORDER')) return steps
  }
}

const parseNumber = (cursor: Cursor, filler: string): number => {
  cursor.optional(filler)
  cursor.optionalSymbol('=')
  return cursor.integer()
}

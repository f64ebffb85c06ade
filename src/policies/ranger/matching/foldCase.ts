/** Names regardless of case, as Java compares them: one UTF-16 unit at a time, by its simple mappings. A name has to match here exactly where it matches in Ranger's own plugins. */

const ascii = /^[\0-\x7f]*$/

/** JavaScript maps some units to several; those keep themselves, but for this one, which Java maps to i. */
const dottedCapitalI = '\u0130'

const foldUnit = (unit: string): string => {
  if (unit === dottedCapitalI) return 'i'
  const upper = unit.toUpperCase()
  const single = upper.length === 1 ? upper : unit
  const lower = single.toLowerCase()
  return lower.length === 1 ? lower : single
}

/** Two texts that Java holds to be equal but for case, folded, are equal. */
export const foldCase = (text: string): string =>
  ascii.test(text) ? text.toLowerCase() : text.split('').map(foldUnit).join('')

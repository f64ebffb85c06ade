/** What can be said of a condition. `unknown` is never taken for consent: it lets nobody in, and it keeps nobody's denial from holding. */
export type Truth = 'yes' | 'no' | 'unknown'

/** Of a plain answer. */
export const truthOf = (holds: boolean): Truth => (holds ? 'yes' : 'no')

export const not = (truth: Truth): Truth => (truth === 'unknown' ? truth : truthOf(truth === 'no'))

/** Both. */
export const and = (a: Truth, b: Truth): Truth => {
  if (a === 'no' || b === 'no') return 'no'
  return a === 'yes' && b === 'yes' ? 'yes' : 'unknown'
}

/** At least one. */
export const or = (a: Truth, b: Truth): Truth => not(and(not(a), not(b)))

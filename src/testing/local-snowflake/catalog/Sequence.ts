/** Sequences, and the ones behind AUTOINCREMENT columns. */
import type { Securable } from './Securable.ts'

export interface Sequence extends Securable {
  readonly kind: 'SEQUENCE'
  nextValue: number
  readonly increment: number
  readonly ordered: boolean
}

/** Takes `count` values and answers the first. */
export const takeValues = (sequence: Sequence, count: number): number => {
  const first = sequence.nextValue
  sequence.nextValue += sequence.increment * count
  return first
}

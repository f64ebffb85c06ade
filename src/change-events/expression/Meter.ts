/** Counts what one evaluation costs and ends it at its limits. */
import type { ExpressionLimits } from './ExpressionLimits.ts'
import { limitExceeded, raiseFault } from './raise.ts'

export interface Meter {
  readonly maxDepth: number
  /** Work done. */
  readonly spend: (steps: number) => void
  /** Characters or elements made; making them is work too. */
  readonly produce: (size: number) => void
}

/** Characters that one step pays for, where text is scanned or copied. */
const charactersPerStep = 16

export const createMeter = ({ maxDepth, maxSteps, maxProducedSize }: ExpressionLimits): Meter => {
  let steps = 0
  let produced = 0
  const spend = (more: number): void => {
    steps += more
    if (steps > maxSteps) raiseFault(limitExceeded('maxSteps', maxSteps))
  }
  return {
    maxDepth,
    spend,
    produce: size => {
      produced += size
      if (produced > maxProducedSize) raiseFault(limitExceeded('maxProducedSize', maxProducedSize))
    }
  }
}

/** The steps for looking at this many characters. */
export const stepsFor = (characters: number): number => 1 + Math.floor(characters / charactersPerStep)

/** Raises where a value is nested deeper than allowed. */
export const checkDepth = (meter: Meter, depth: number): void => {
  if (depth > meter.maxDepth) raiseFault(limitExceeded('maxDepth', meter.maxDepth))
}

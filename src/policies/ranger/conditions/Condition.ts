/** Conditions of policies and items. Whatever can't be decided is `unknown`. */
import type { ConditionDef, ServiceDef } from '../model/ServiceDef.ts'
import type { AskerScope } from './AskerScope.ts'
import type { Truth } from './Truth.ts'
import { and } from './Truth.ts'

/** A condition, read. */
export interface Condition {
  readonly holds: (scope: AskerScope) => Truth
  /** Why it can't ever be decided, in words. */
  readonly unsupported?: string
  /** Whether it looks at more of the asker than which policies name them. */
  readonly isPersonal: boolean
}

/** Reads the values of a condition by its definition. */
export type ReadCondition = (values: ReadonlyArray<string>, def: ConditionDef, serviceDef: ServiceDef) => Condition

/** A condition that is never decided. */
export const undecidable = (reason: string): Condition => ({
  holds: () => 'unknown',
  unsupported: reason,
  isPersonal: false
})

/** Whether all of them hold. */
export const allHold = (conditions: ReadonlyArray<Condition>, scope: AskerScope): Truth => {
  let truth: Truth = 'yes'
  for (const condition of conditions) {
    truth = and(truth, condition.holds(scope))
    if (truth === 'no') return truth
  }
  return truth
}

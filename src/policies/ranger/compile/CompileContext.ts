/** What compiling any resource takes. */
import type { Principal } from '../../../access/Principal.ts'
import type { Resource } from '../../../Resource.ts'
import type { Census } from '../evaluation/Census.ts'
import type { PolicyEvaluator } from '../evaluation/PolicyEvaluator.ts'
import { itemEvaluatorsOf } from '../evaluation/PolicyEvaluator.ts'
import type { EngineParts } from '../evaluation/RangerEngine.ts'
import type { PrincipalMap } from './PrincipalMapping.ts'
import type { Registry } from './Questions.ts'

/** One snapshot at one time. */
export interface CompileContext {
  readonly parts: EngineParts
  readonly principals: PrincipalMap
  readonly isManaged: (principal: Principal) => boolean
  readonly mostNames: number
  readonly atMs: number
  /** Hears of policies that can't be decided, and says so in the notes. */
  readonly doubt: (notes: Set<string>) => (evaluator: PolicyEvaluator) => void
}

/** Names by level, as policies have them. */
export const elementsOfResource = ({ name: { database, schema, table } }: Resource): Record<string, string> => ({
  database,
  ...(schema === undefined ? {} : { schema }),
  ...(table === undefined ? {} : { table })
})

/** The registry for a census. */
export const registryFor = (context: CompileContext, census: Census, notes: Set<string>): Registry => ({
  census,
  membership: context.parts.membership,
  map: context.principals,
  isManaged: context.isManaged,
  knowsUsers: context.parts.snapshot.users !== undefined,
  note: text => notes.add(text)
})

/** Why a policy can't be decided, in words. */
export const describeDoubt = (evaluator: PolicyEvaluator): string => {
  const conditions = [...evaluator.conditions, ...itemEvaluatorsOf(evaluator).flatMap(item => item.conditions)]
  const reason = conditions.find(({ unsupported }) => unsupported !== undefined)?.unsupported
  return `policy ${evaluator.policy.id} can not be decided${reason === undefined ? ' from what is known' : `: it holds ${reason}`}; it lets nobody in`
}

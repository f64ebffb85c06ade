/** Puts together what the policies say of an access (agents-common, `RangerPolicyEngineImpl` and `RangerDefaultPolicyEvaluator`). */
import type { Look } from './Look.ts'
import { judgePolicy } from './judgePolicy.ts'
import type { PolicyEvaluator } from './PolicyEvaluator.ts'
import type { Prospect } from './PolicySet.ts'

/** A decision, and the policy that made it. */
export interface Verdict {
  readonly isAllowed: boolean
  /** -1: no policy. */
  readonly policyId: number
  readonly priority: number
}

/** What is asked for. */
export interface Wanted {
  /** In lower case, at least one. */
  readonly accessTypes: ReadonlyArray<string>
  /** Of each group any will do, and all groups are needed. None: any of the access types will do. */
  readonly groups: ReadonlyArray<ReadonlyArray<string>>
  /** Whether any access at all is asked for. */
  readonly isAny: boolean
}

/** Policies that may have a say, in order. */
export interface Prospects {
  readonly tag: ReadonlyArray<Prospect>
  readonly resource: ReadonlyArray<Prospect>
}

const nobody: Verdict = { isAllowed: false, policyId: -1, priority: 0 }

/** What is known so far of each access type. */
type Results = Map<string, Verdict>

const keep = (results: Results, accessType: string, verdict: Verdict, isAny: boolean): void => {
  const old = results.get(accessType)
  const replaces =
    old === undefined ||
    verdict.priority > old.priority ||
    (verdict.priority === old.priority && old.isAllowed !== verdict.isAllowed && (old.isAllowed || isAny))
  if (replaces) results.set(accessType, verdict)
}

/** One group's verdict: allowed by any; denied if all are; otherwise open. */
const ofGroup = (results: Results, accessTypes: ReadonlyArray<string>): Verdict | undefined => {
  const verdicts = accessTypes.map(accessType => results.get(accessType))
  const allowed = verdicts.find(verdict => verdict?.isAllowed === true)
  if (allowed !== undefined) return allowed
  return verdicts.includes(undefined) ? undefined : verdicts[0]
}

const composite = (results: Results, { accessTypes, groups }: Wanted): Verdict | undefined => {
  if (groups.length === 0) return ofGroup(results, accessTypes)
  const verdicts = groups.map(group => ofGroup(results, group))
  const denied = verdicts.find(verdict => verdict?.isAllowed === false)
  if (denied !== undefined) return denied
  return verdicts.includes(undefined) ? undefined : verdicts[0]
}

const priorityOf = ({ policy }: PolicyEvaluator): number => policy.policyPriority

/** Asks one policy for all access types; answers the composite where it has said anything. */
const ask = (prospect: Prospect, wanted: Wanted, results: Results, look: Look): Verdict | undefined => {
  const { policy, matchers } = prospect.evaluator
  for (let index = 0; index < matchers.length; index += 1) {
    let said = false
    for (const accessType of wanted.accessTypes) {
      const judgement = judgePolicy(prospect, index, accessType, look)
      if (judgement !== 'allow' && judgement !== 'deny') continue
      said = true
      const verdict = { isAllowed: judgement === 'allow', policyId: policy.id, priority: policy.policyPriority }
      keep(results, accessType, verdict, wanted.isAny)
      if (wanted.isAny && (judgement === 'allow') === look.ignoresInnerDenials) break
    }
    // A denial is final within the policy; an allowance may still meet one in a further set of resources.
    const verdict = said ? composite(results, wanted) : undefined
    if (verdict !== undefined && (!verdict.isAllowed || index === matchers.length - 1 || !prospect.evaluator.hasDeny))
      return verdict
  }
  return composite(results, wanted)
}

/** The verdict of the policies. */
export const decideAccess = ({ tag, resource }: Prospects, wanted: Wanted, look: Look): Verdict => {
  const results: Results = new Map()
  const { accessTimeMs } = look.occasion
  let result = nobody
  let isDetermined = false
  for (const prospect of tag) {
    if (isDetermined) break
    if (!prospect.evaluator.isInForce(accessTimeMs)) continue
    const verdict = ask(prospect, wanted, results, look)
    if (verdict === undefined) continue
    result = verdict
    isDetermined = !verdict.isAllowed || isLastWord(verdict, prospect.evaluator)
  }
  const deniedByTags = isDetermined && !result.isAllowed
  isDetermined = false

  for (const prospect of resource) {
    const { evaluator } = prospect
    if (!evaluator.isInForce(accessTimeMs)) continue
    if (deniedByTags && !result.isAllowed && result.priority >= priorityOf(evaluator)) break
    if (result.isAllowed && result.priority > priorityOf(evaluator)) break
    const before = result
    const verdict = ask(prospect, wanted, results, look)
    if (verdict !== undefined) result = verdict
    isDetermined = result.isAllowed ? isLastWord(result, evaluator) : result !== before && result.policyId !== -1
    if (isDetermined) break
  }
  return result
}

/** Policies that deny come first among those of one priority: once there is an allowance and this one denies nothing, no denial can follow that outweighs it. */
const isLastWord = ({ priority }: Verdict, evaluator: PolicyEvaluator): boolean =>
  !evaluator.hasDeny && priority >= priorityOf(evaluator)

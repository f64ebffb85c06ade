/** Reads conditions: those that Ranger's stock evaluators know, without running anybody's code. */
import type { ItemCondition } from '../model/Policy.ts'
import type { ConditionDef, ServiceDef } from '../model/ServiceDef.ts'
import type { Condition, ReadCondition } from './Condition.ts'
import { undecidable } from './Condition.ts'
import { contextCondition, simpleCondition } from './contextConditions.ts'
import { ipCondition } from './ipCondition.ts'
import { scriptCondition, templateCondition } from './scriptConditions.ts'
import { tagsCondition } from './tagsCondition.ts'
import { timeOfDayCondition } from './timeOfDayCondition.ts'
import { togetherCondition } from './togetherCondition.ts'

/** By the last part of the class names in service definitions. */
const evaluators: ReadonlyMap<string, ReadCondition> = new Map<string, ReadCondition>([
  ['RangerScriptConditionEvaluator', scriptCondition],
  ['RangerScriptTemplateConditionEvaluator', templateCondition],
  ['RangerIpMatcher', ipCondition],
  ['RangerTimeOfDayMatcher', timeOfDayCondition],
  ['RangerSimpleMatcher', simpleCondition],
  ['RangerContextAttributeValueInCondition', contextCondition(true)],
  ['RangerContextAttributeValueNotInCondition', contextCondition(false)],
  ['RangerTagsAllPresentConditionEvaluator', tagsCondition('all')],
  ['RangerAnyOfExpectedTagsPresentConditionEvaluator', tagsCondition('any')],
  ['RangerNoneOfExpectedTagsPresentConditionEvaluator', tagsCondition('none')],
  ['RangerHiveResourcesAccessedTogetherCondition', togetherCondition(true)],
  ['RangerHiveResourcesNotAccessedTogetherCondition', togetherCondition(false)]
])

/** Ranger Admin lets every service use this one, defined or not. */
const implicit: ConditionDef = {
  name: '_expression',
  evaluator: 'RangerScriptConditionEvaluator',
  evaluatorOptions: new Map()
}

/** Reads a condition. */
export const readCondition = ({ type, values }: ItemCondition, serviceDef: ServiceDef): Condition => {
  const def =
    serviceDef.policyConditions.find(({ name }) => name === type) ?? (type === implicit.name ? implicit : undefined)
  if (def === undefined) return undecidable('a condition of a type that the service does not define')
  const read = evaluators.get(def.evaluator.split('.').at(-1) ?? '')
  return read === undefined
    ? undecidable('a condition with an evaluator that is not supported')
    : read(values, def, serviceDef)
}

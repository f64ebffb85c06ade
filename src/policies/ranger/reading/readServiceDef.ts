/** Service definitions. The levels of masks and row filters are written as differences to the main ones; they are put together here. */
import { isObject, ownField } from '../../../internal/objects.ts'
import { matcherKinds } from '../matching/matcherKinds.ts'
import { markerAccessTypesOf } from '../model/markerAccessTypes.ts'
import type { AccessTypeDef, ConditionDef, RefinementDef, ResourceDef, ServiceDef } from '../model/ServiceDef.ts'
import type { Json } from './Json.ts'
import { field, flag, isRecord, list, optionalText, refuse, requiredText, settings, texts, whole } from './Json.ts'

const readMatcher = (json: Json): string => {
  const matcher = optionalText(json) ?? ''
  if (matcher !== '' && !matcherKinds.has(matcher.split('.').at(-1) ?? ''))
    refuse(json, `must be one of ${[...matcherKinds.keys()].join(', ')}; other matchers are not supported`)
  return matcher
}

const readLeaf = (json: Json): boolean | undefined =>
  json.value === undefined || json.value === null ? undefined : flag(json, false)

const flags = ['wildCard', 'ignoreCase', 'quotedCaseSensitive', 'replaceTokens', 'replaceReqExpressions']

/** Ranger takes whatever is not true for false, and a pattern that is no longer one matches next to nothing. */
const readMatcherOptions = (json: Json): ReadonlyMap<string, string> => {
  for (const name of flags) {
    const option = field(json, name)
    if (isObject(json.value) && ownField(json.value, name) === null) refuse(option, 'must be true or false')
    else flag(option, false)
  }
  return settings(json)
}

const readResourceDef = (json: Json): ResourceDef => {
  isRecord(json)
  return {
    name: requiredText(field(json, 'name')),
    level: whole(field(json, 'level'), 0),
    parent: optionalText(field(json, 'parent')) ?? '',
    isValidLeaf: readLeaf(field(json, 'isValidLeaf')),
    recursiveSupported: flag(field(json, 'recursiveSupported'), false),
    matcher: readMatcher(field(json, 'matcher')),
    matcherOptions: readMatcherOptions(field(json, 'matcherOptions'))
  }
}

const readAccessType = (json: Json): AccessTypeDef => {
  isRecord(json)
  return {
    name: requiredText(field(json, 'name')),
    impliedGrants: texts(field(json, 'impliedGrants')),
    category: optionalText(field(json, 'category')) ?? ''
  }
}

const readConditionDef = (json: Json): ConditionDef => {
  isRecord(json)
  return {
    name: requiredText(field(json, 'name')),
    evaluator: optionalText(field(json, 'evaluator')) ?? '',
    evaluatorOptions: settings(field(json, 'evaluatorOptions'))
  }
}

/** What a level says of itself for masks or filters goes before what it says in general; where it may end is its own word alone. */
const refine = (base: ResourceDef, own: ResourceDef): ResourceDef => ({
  ...base,
  isValidLeaf: own.isValidLeaf,
  matcher: own.matcher === '' ? base.matcher : own.matcher,
  matcherOptions: new Map([...base.matcherOptions, ...own.matcherOptions])
})

const readRefinement = (json: Json, base: ReadonlyArray<ResourceDef>): RefinementDef => {
  if (json.value !== undefined && json.value !== null) isRecord(json)
  return {
    resources: list(field(json, 'resources'), readResourceDef).map(own => {
      const found = base.find(({ name }) => name === own.name)
      return found === undefined ? own : refine(found, own)
    }),
    accessTypes: list(field(json, 'accessTypes'), readAccessType).map(({ name }) => name)
  }
}

/** One definition. */
export const readServiceDef = (json: Json): ServiceDef => {
  isRecord(json)
  const resources = list(field(json, 'resources'), readResourceDef)
  const accessTypes = list(field(json, 'accessTypes'), readAccessType)
  const markers = list(field(json, 'markerAccessTypes'), readAccessType)
  return {
    name: requiredText(field(json, 'name')),
    resources,
    accessTypes,
    markerAccessTypes: markers.length > 0 ? markers : markerAccessTypesOf(accessTypes),
    policyConditions: list(field(json, 'policyConditions'), readConditionDef),
    dataMaskDef: readRefinement(field(json, 'dataMaskDef'), resources),
    rowFilterDef: readRefinement(field(json, 'rowFilterDef'), resources),
    enableDenyAndExceptions: flag(field(field(json, 'options'), 'enableDenyAndExceptionsInPolicies'), true)
  }
}

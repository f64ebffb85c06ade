/** Policies. Everything that can take access away is read or refused; nothing is passed over but fields that Ranger itself does not read. */
import { compact } from '../../../internal/objects.ts'
import type {
  DataMaskItem,
  ItemCondition,
  PolicyItem,
  PolicyResource,
  PolicyResources,
  PolicyType,
  RangerPolicy,
  RowFilterItem
} from '../model/Policy.ts'
import type { Json } from './Json.ts'
import {
  entries,
  field,
  flag,
  isRecord,
  list,
  optionalText,
  pathOf,
  refuse,
  requiredText,
  text,
  texts,
  whole
} from './Json.ts'
import { readSchedule } from './readSchedule.ts'

const readResource = (json: Json): PolicyResource => {
  isRecord(json)
  return {
    values: texts(field(json, 'values')),
    isExcludes: flag(field(json, 'isExcludes'), false),
    isRecursive: flag(field(json, 'isRecursive'), false)
  }
}

/** Values by level. */
export const readResources = (json: Json): PolicyResources => {
  if (json.value === undefined) isRecord(json)
  return entries(json, readResource)
}

const readCondition = (json: Json): ItemCondition => {
  isRecord(json)
  const values = field(json, 'values')
  if (values.value === undefined) refuse(values, 'must be a list')
  return { type: requiredText(field(json, 'type')), values: texts(values) }
}

const readItem = (json: Json): PolicyItem => {
  isRecord(json)
  return {
    accesses: list(field(json, 'accesses'), access => {
      isRecord(access)
      return { type: requiredText(field(access, 'type')), isAllowed: flag(field(access, 'isAllowed'), true) }
    }),
    users: texts(field(json, 'users')),
    groups: texts(field(json, 'groups')),
    roles: texts(field(json, 'roles')),
    conditions: list(field(json, 'conditions'), readCondition),
    delegateAdmin: flag(field(json, 'delegateAdmin'), false)
  }
}

const readMaskItem = (json: Json): DataMaskItem => {
  const info = field(json, 'dataMaskInfo')
  isRecord(info)
  return {
    ...readItem(json),
    dataMaskInfo: compact({
      dataMaskType: requiredText(field(info, 'dataMaskType')),
      conditionExpr: optionalText(field(info, 'conditionExpr')),
      valueExpr: optionalText(field(info, 'valueExpr'))
    })
  }
}

const readFilterItem = (json: Json): RowFilterItem => {
  const info = field(json, 'rowFilterInfo')
  isRecord(info)
  const filterExpr = field(info, 'filterExpr')
  if (filterExpr.value === undefined) refuse(filterExpr, 'must be a text')
  return { ...readItem(json), rowFilterInfo: { filterExpr: text(filterExpr) } }
}

const readPolicyType = (json: Json): PolicyType => {
  const type = whole(json, 0)
  if (type === 0 || type === 1 || type === 2 || type === 3) return type
  refuse(json, 'must be 0 (access), 1 (mask), 2 (row filter) or 3 (audit)')
  return 0
}

/** The same place, with the policy's id in its path: people look policies up by it. */
const named = (json: Json): Json => {
  const id = field(json, 'id').value
  return typeof id === 'number' && Number.isSafeInteger(id)
    ? { ...json, place: `${pathOf(json.place)}(id ${id})` }
    : json
}

/** One policy. */
export const readPolicy = (at: Json): RangerPolicy => {
  const json = named(at)
  isRecord(json)
  return {
    id: whole(field(json, 'id'), -1),
    name: optionalText(field(json, 'name')) ?? '',
    serviceType: optionalText(field(json, 'serviceType')) ?? '',
    zoneName: text(field(json, 'zoneName')),
    policyType: readPolicyType(field(json, 'policyType')),
    policyPriority: whole(field(json, 'policyPriority'), 0),
    isEnabled: flag(field(json, 'isEnabled'), true),
    isDenyAllElse: flag(field(json, 'isDenyAllElse'), false),
    resources: readResources(field(json, 'resources')),
    additionalResources: list(field(json, 'additionalResources'), readResources),
    conditions: list(field(json, 'conditions'), readCondition),
    validitySchedules: list(field(json, 'validitySchedules'), readSchedule),
    policyItems: list(field(json, 'policyItems'), readItem),
    denyPolicyItems: list(field(json, 'denyPolicyItems'), readItem),
    allowExceptions: list(field(json, 'allowExceptions'), readItem),
    denyExceptions: list(field(json, 'denyExceptions'), readItem),
    dataMaskPolicyItems: list(field(json, 'dataMaskPolicyItems'), readMaskItem),
    rowFilterPolicyItems: list(field(json, 'rowFilterPolicyItems'), readFilterItem)
  }
}

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
  requireFields,
  requiredText,
  text,
  texts,
  whole
} from './Json.ts'
import { readSchedule } from './readSchedule.ts'

const fields = (...names: ReadonlyArray<string>): ReadonlySet<string> => new Set(names)

/** The fields of `RangerPolicy` and what is in it, and those that have no bearing on access. */
const known = {
  resource: fields('values', 'isExcludes', 'isRecursive'),
  condition: fields('type', 'values'),
  access: fields('type', 'isAllowed'),
  item: fields('accesses', 'users', 'groups', 'roles', 'conditions', 'delegateAdmin'),
  maskItem: fields('accesses', 'users', 'groups', 'roles', 'conditions', 'delegateAdmin', 'dataMaskInfo'),
  filterItem: fields('accesses', 'users', 'groups', 'roles', 'conditions', 'delegateAdmin', 'rowFilterInfo'),
  dataMaskInfo: fields('dataMaskType', 'conditionExpr', 'valueExpr'),
  rowFilterInfo: fields('filterExpr'),
  policy: fields(
    ...['id', 'policyType', 'policyPriority', 'isEnabled', 'isDenyAllElse', 'zoneName'],
    ...['resources', 'additionalResources', 'conditions', 'validitySchedules'],
    ...['policyItems', 'denyPolicyItems', 'allowExceptions', 'denyExceptions'],
    ...['dataMaskPolicyItems', 'rowFilterPolicyItems']
  ),
  ofPolicyBesides: fields(
    ...['guid', 'name', 'service', 'serviceType', 'description', 'version', 'options', 'policyLabels'],
    ...['createdBy', 'updatedBy', 'createTime', 'updateTime', 'resourceSignature', 'isAuditEnabled']
  )
} as const

const readResource = (json: Json): PolicyResource => {
  if (isRecord(json)) requireFields(json, known.resource)
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
  if (isRecord(json)) requireFields(json, known.condition)
  const values = field(json, 'values')
  if (values.value === undefined) refuse(values, 'must be a list')
  return { type: requiredText(field(json, 'type')), values: texts(values) }
}

const readItem = (json: Json, own: ReadonlySet<string> = known.item): PolicyItem => {
  if (isRecord(json)) requireFields(json, own)
  return {
    accesses: list(field(json, 'accesses'), access => {
      if (isRecord(access)) requireFields(access, known.access)
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
  if (isRecord(info)) requireFields(info, known.dataMaskInfo)
  return {
    ...readItem(json, known.maskItem),
    dataMaskInfo: compact({
      dataMaskType: requiredText(field(info, 'dataMaskType')),
      conditionExpr: optionalText(field(info, 'conditionExpr')),
      valueExpr: optionalText(field(info, 'valueExpr'))
    })
  }
}

const readFilterItem = (json: Json): RowFilterItem => {
  const info = field(json, 'rowFilterInfo')
  if (isRecord(info)) requireFields(info, known.rowFilterInfo)
  const filterExpr = field(info, 'filterExpr')
  if (filterExpr.value === undefined) refuse(filterExpr, 'must be a text')
  return { ...readItem(json, known.filterItem), rowFilterInfo: { filterExpr: text(filterExpr) } }
}

const readPolicyType = (json: Json): PolicyType => {
  const type = whole(json, 0)
  if (type === 0 || type === 1 || type === 2 || type === 3) return type
  refuse(json, 'must be 0 (access), 1 (mask), 2 (row filter) or 3 (audit)')
  return 0
}

const readPriority = (json: Json): number => {
  const priority = whole(json, 0)
  if (priority !== 0 && priority !== 1) refuse(json, 'must be 0 (normal) or 1 (override)')
  return priority
}

/** The same place, with the policy's id in its path: people look policies up by it. */
export const named = (json: Json): Json => {
  const id = field(json, 'id').value
  return typeof id === 'number' && Number.isSafeInteger(id)
    ? { ...json, place: `${pathOf(json.place)}(id ${id})` }
    : json
}

/** One policy. */
export const readPolicy = (at: Json): RangerPolicy => {
  const json = named(at)
  if (isRecord(json)) requireFields(json, known.policy, known.ofPolicyBesides)
  return {
    id: whole(field(json, 'id'), -1),
    name: optionalText(field(json, 'name')) ?? '',
    serviceType: optionalText(field(json, 'serviceType')) ?? '',
    zoneName: text(field(json, 'zoneName')),
    policyType: readPolicyType(field(json, 'policyType')),
    policyPriority: readPriority(field(json, 'policyPriority')),
    isEnabled: flag(field(json, 'isEnabled'), true),
    isDenyAllElse: flag(field(json, 'isDenyAllElse'), false),
    resources: readResources(field(json, 'resources')),
    additionalResources: list(field(json, 'additionalResources'), readResources),
    conditions: list(field(json, 'conditions'), readCondition),
    validitySchedules: list(field(json, 'validitySchedules'), readSchedule),
    policyItems: list(field(json, 'policyItems'), item => readItem(item)),
    denyPolicyItems: list(field(json, 'denyPolicyItems'), item => readItem(item)),
    allowExceptions: list(field(json, 'allowExceptions'), item => readItem(item)),
    denyExceptions: list(field(json, 'denyExceptions'), item => readItem(item)),
    dataMaskPolicyItems: list(field(json, 'dataMaskPolicyItems'), readMaskItem),
    rowFilterPolicyItems: list(field(json, 'rowFilterPolicyItems'), readFilterItem)
  }
}

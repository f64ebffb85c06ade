/** The tags of a service, as Ranger Admin serves them. */
import type { Either } from 'fp-ts/lib/Either.js'
import { isObject, ownField } from '../../../internal/objects.ts'
import type { InvalidInput } from '../../../SyncError.ts'
import type { RangerTag, ServiceTags } from '../model/ServiceTags.ts'
import type { ValiditySchedule } from '../model/ValiditySchedule.ts'
import type { Json } from './Json.ts'
import {
  element,
  entries,
  field,
  flag,
  isRecord,
  list,
  passedOver,
  refuse,
  requireFields,
  requiredText,
  settings,
  text,
  whole
} from './Json.ts'
import { readDocument } from './readDocument.ts'
import { readResources } from './readPolicy.ts'
import { readSchedule } from './readSchedule.ts'

/** Older versions of Ranger keep the periods among a tag's options, as JSON in a text. */
const readOptionPeriods = (json: Json): ReadonlyArray<ValiditySchedule> => {
  if (json.value === undefined) return []
  try {
    return list({ ...json, value: JSON.parse(text(json, '[]')) as unknown }, readSchedule)
  } catch {
    // The parser's words quote the text, which is not ours to repeat.
    refuse(json, 'must be a list of validity schedules, as JSON')
    return []
  }
}

/** The fields of `RangerTag` and `RangerServiceResource` that say which tags are on what. */
const known = {
  root: ['tags', 'serviceResources', 'resourceToTagIds'],
  tag: new Set(['type', 'attributes', 'validityPeriods', 'options']),
  ofTagBesides: new Set([
    ...['id', 'guid', 'isEnabled', 'createdBy', 'updatedBy', 'createTime', 'updateTime', 'version'],
    ...['owner', 'matchType']
  ])
} as const

/** One tag. */
export const readTag = (json: Json): RangerTag => {
  if (isRecord(json)) requireFields(json, known.tag, known.ofTagBesides)
  const periods = list(field(json, 'validityPeriods'), readSchedule)
  return {
    type: requiredText(field(json, 'type')),
    attributes: settings(field(json, 'attributes')),
    validityPeriods:
      periods.length > 0 ? periods : readOptionPeriods(field(field(json, 'options'), 'TAG_VALIDITY_PERIODS'))
  }
}

const readTagIds = (json: Json): ReadonlyArray<string> => list(json, id => String(whole(id, -1)))

/** What is said to carry a tag, and the tag, have to be there: a tag that gets lost may have been one that keeps somebody out. */
const requireAll = (
  json: Json,
  tagIdsOf: ReadonlyMap<string, ReadonlyArray<string>>,
  tags: ReadonlyMap<string, unknown>,
  resourceIds: ReadonlySet<string>
): void => {
  if (resourceIds.size > 0 && json.value === undefined)
    refuse(json, 'must be there: it says which tags the resources carry')
  for (const [id, tagIds] of tagIdsOf) {
    if (!resourceIds.has(id)) refuse(field(json, id), 'must be the id of one of serviceResources')
    for (const [index, tagId] of tagIds.entries())
      if (!tags.has(tagId)) refuse(element(field(json, id), index), 'must be the id of one of tags')
  }
}

/**
 * Reads the body of a tag download, or a cache file of it. Ask Ranger Admin for whole tags, with `supportsTagDeltas=false`: changes to tags are refused.
 *
 * **Errors**: InvalidInput, with every fault named by its path; nothing is loaded in part.
 *
 * @example
 * ```ts
 * import { isRight } from 'fp-ts/lib/Either.js'
 * import { readServiceTags } from 'on-demand-sync/policies'
 *
 * const tags = { '1': { type: 'PII' } }
 * const serviceResources = [{ id: 5, resourceElements: { database: { values: ['HR'] } } }]
 * const read = readServiceTags({ tags, serviceResources, resourceToTagIds: { '5': [1] } })
 * if (!isRight(read) || read.right.resources[0]?.tagIds[0] !== '1') throw new Error('unexpected')
 * ```
 */
export const readServiceTags = (json: unknown): Either<InvalidInput, ServiceTags> =>
  readDocument('Ranger tags', json, root => {
    if (flag(field(root, 'isDelta'), false))
      refuse(field(root, 'isDelta'), 'must be false: changes to tags are not supported')
    for (const key of known.root)
      if (isObject(root.value) && ownField(root.value, key) === null) refuse(field(root, key), passedOver.nullField)
    const tags = entries(field(root, 'tags'), readTag)
    const tagIdsOf = entries(field(root, 'resourceToTagIds'), readTagIds)
    const ids = new Set<string>()
    const resources = list(field(root, 'serviceResources'), resource => {
      isRecord(resource)
      const id = String(whole(field(resource, 'id'), -1))
      ids.add(id)
      return { elements: readResources(field(resource, 'resourceElements')), tagIds: tagIdsOf.get(id) ?? [] }
    })
    requireAll(field(root, 'resourceToTagIds'), tagIdsOf, tags, ids)
    return {
      serviceName: text(field(root, 'serviceName')),
      tagVersion: whole(field(root, 'tagVersion'), -1),
      tags,
      resources
    }
  })

/** Tags on objects and columns, and what tag-based masking makes of them. */
import { ancestry } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'
import type { Policy, Tag } from '../catalog/Policy.ts'
import type { Column, Relation } from '../catalog/Relation.ts'
import type { TagSetting } from '../sql/CreateStatement.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { insufficientPrivileges, invalidValue } from '../StatementError.ts'
import { byGovernance, findObject } from './resolve.ts'
import type { StatementContext } from './StatementContext.ts'

/** The tag itself; its namespace holds nothing else. */
export const findTag = (context: StatementContext, name: ObjectName): Tag =>
  findObject(context, 'TAG', name, 'SET TAG', byGovernance) as Tag

/** APPLY TAG on the account, or APPLY on the tag together with ownership of what is tagged. */
const requireApply = (context: StatementContext, tag: Tag, object: Securable): void => {
  const { access } = context
  if (access.holdsGlobally('APPLY TAG')) return
  if (!access.holds('APPLY', tag) || !access.owns(object))
    throw insufficientPrivileges('tag', displayIdentifier(tag.name))
}

export const resolveTags = (
  context: StatementContext,
  object: Securable,
  settings: ReadonlyArray<TagSetting>
): ReadonlyMap<Tag, string> =>
  new Map(
    settings.map(({ tag: name, value }) => {
      const tag = findTag(context, name)
      requireApply(context, tag, object)
      if (value.length > 256) throw invalidValue('Tag value must not exceed 256 characters.')
      if (tag.allowedValues !== undefined && !tag.allowedValues.includes(value)) {
        throw invalidValue(`Tag value '${value}' is not allowed for tag '${displayIdentifier(tag.name)}'.`)
      }
      return [tag, value]
    })
  )

export const setTags = (context: StatementContext, object: Securable, settings: ReadonlyArray<TagSetting>): void => {
  for (const [tag, value] of resolveTags(context, object, settings)) {
    object.tags.set(tag, value)
    tag.objects.add(object)
  }
}

export const unsetTags = (context: StatementContext, object: Securable, names: ReadonlyArray<ObjectName>): void => {
  for (const name of names) {
    const tag = findTag(context, name)
    requireApply(context, tag, object)
    object.tags.delete(tag)
    forgetUntagged(tag, object)
  }
}

/** Keeps the tag's own list of objects right after a tag went off an object or a column. */
export const forgetUntagged = (tag: Tag, object: Securable): void => {
  const columns = 'columns' in object ? (object as Relation).columns : []
  if (!object.tags.has(tag) && !columns.some(column => column.tags.has(tag))) tag.objects.delete(object)
}

/** Every tag that holds for the column with its value: set on itself, its table, its schema or its database, the nearest first. */
export const effectiveTags = (relation: Relation, column: Column): ReadonlyMap<Tag, string> => {
  const found = new Map<Tag, string>()
  for (const tags of [column.tags, ...Array.from(ancestry(relation), object => object.tags)]) {
    for (const [tag, value] of tags) if (!found.has(tag as Tag)) found.set(tag as Tag, value)
  }
  return found
}

/** The policies that tags bring to the column, for its data type. */
export const tagPolicies = (
  relation: Relation,
  column: Column
): ReadonlyArray<{ readonly tag: Tag; readonly policy: Policy }> =>
  Array.from(effectiveTags(relation, column).keys()).flatMap(tag => {
    const policy = tag.masking.get(column.type.name)
    return policy === undefined ? [] : [{ tag, policy }]
  })

/** Which tags a resource carries: its own, those of what encloses it, and on demand those of what is in it (agents-common, `RangerTagEnricher`). */
import type { Hierarchy } from '../matching/Hierarchy.ts'
import type { Elements, MatchType, ResourceMatcher } from '../matching/ResourceMatcher.ts'
import { resourceMatcher } from '../matching/ResourceMatcher.ts'
import type { RangerTag, ServiceTags } from '../model/ServiceTags.ts'
import type { FoundTag } from './Occasion.ts'
import { createPolicyIndex } from './PolicyIndex.ts'

/** Finds tags. `withInner`: also those of things in the resource. */
export type FindTags = (elements: Elements, withInner: boolean) => ReadonlyArray<FoundTag>

interface Tagged {
  readonly matcher: ResourceMatcher
  readonly tags: ReadonlyArray<{ readonly tag: RangerTag; readonly key: string }>
}

/** The same tag on several resources is one tag. */
const keyOf = ({ type, attributes, validityPeriods }: RangerTag): string =>
  JSON.stringify([type, [...attributes].sort(), validityPeriods])

const counts = (match: MatchType, withInner: boolean): boolean =>
  match !== 'NONE' && (withInner || match !== 'DESCENDANT')

/** Every tag that there is. Who asks for any access to nothing in particular asks whether there is anything at all in the service, and all that carries tags is in it. */
export const everyTag = (serviceTags: ServiceTags | undefined): ReadonlyArray<FoundTag> => [
  ...new Map(
    [...(serviceTags?.tags.values() ?? [])].map((tag): [string, FoundTag] => [
      keyOf(tag),
      { tag, matchType: 'DESCENDANT' }
    ])
  ).values()
]

/** Makes the finder. */
export const createTagFinder = (
  serviceTags: ServiceTags | undefined,
  hierarchies: ReadonlyArray<Hierarchy>
): FindTags => {
  const index = createPolicyIndex<Tagged>()
  for (const { elements, tagIds } of serviceTags?.resources ?? []) {
    const tags = tagIds.flatMap(id => serviceTags?.tags.get(id) ?? []).map(tag => ({ tag, key: keyOf(tag) }))
    const matcher = resourceMatcher(elements, hierarchies)
    if (matcher.canMatch && tags.length > 0) index.add(matcher.levels, { matcher, tags })
  }
  return (elements, withInner) => {
    const found = new Map<string, FoundTag>()
    for (const { matcher, tags } of index.find(elements, withInner)) {
      const matchType = matcher.matchType(elements, undefined, false)
      if (counts(matchType, withInner))
        for (const { tag, key } of tags) found.set(`${matchType} ${key}`, { tag, matchType })
    }
    return [...found.values()]
  }
}

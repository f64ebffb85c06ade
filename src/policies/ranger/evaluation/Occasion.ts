/** One look at the policies: who asks, for what, when. Inside the engine everything about a request is in one of these two. */
import type { Elements } from '../matching/ResourceMatcher.ts'
import type { MatchType } from '../matching/ResourceMatcher.ts'
import type { RangerTag } from '../model/ServiceTags.ts'
import type { Attributes } from '../model/UserStore.ts'

/** Who asks. */
export interface Asker {
  /** Undefined: somebody of whom no more is known than these groups and roles. */
  readonly user: string | undefined
  readonly groups: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  /** Undefined where they can't be known. */
  readonly attributes: Attributes | undefined
  readonly attributesOfGroup: (group: string) => Attributes
}

/** A tag on the requested resource, or on something around or in it. */
export interface FoundTag {
  readonly tag: RangerTag
  readonly matchType: MatchType
}

/** What is asked for, and when. */
export interface Occasion {
  readonly elements: Elements
  readonly owner: string | undefined
  /** As the request names it, `_any` where it names none. */
  readonly accessType: string
  readonly accessTimeMs: number
  readonly tags: ReadonlyArray<FoundTag>
  /** The zone in whose policies the answer is looked for; empty for the unzoned part. */
  readonly zone: string
  /** What else is known of the request. Undefined: nothing is known, as opposed to nothing being there. */
  readonly context: ReadonlyMap<string, unknown> | undefined
  readonly clientIPAddress: string | undefined
  /** Further fields of the request as scripts see them, under `REQ`. */
  readonly fields: ReadonlyMap<string, string>
}

/** What the engine is asked. */
import type { FoundTag } from './Occasion.ts'
import type { RangerTag } from '../model/ServiceTags.ts'

/** A resource: names by level, from the top down, with none left out in between. Several names at a level: any of them will do. */
export interface RangerResource {
  readonly elements: { readonly [level: string]: string | ReadonlyArray<string> }
  /** The user that `{OWNER}` stands for. */
  readonly owner?: string
}

/** A request for one decision. */
export interface RangerRequest {
  readonly resource: RangerResource
  /** One of the service's access types; `_any` for any at all, `_admin` for the right to administer policies. Default `_any`; for masks and row filters `select`. */
  readonly accessType?: string
  readonly user?: string
  /** Default: those that the user store knows. */
  readonly groups?: ReadonlyArray<string>
  /** Default: those that the roles say. */
  readonly roles?: ReadonlyArray<string>
  /** Milliseconds since 1970. Default now. */
  readonly accessTimeMs?: number
  /** Whether a policy on something inside the resource answers for it as well. Default no. */
  readonly orInside?: boolean
  /** Whether a denial of something inside the resource counts for the resource, too. Default no. */
  readonly denialsInside?: boolean
  /** Several access types at once: of each group any will do, and all groups are needed. Default: `accessType` alone. */
  readonly accessGroups?: ReadonlyArray<ReadonlyArray<string>>
  /** Tags besides those of the tag store. */
  readonly tags?: ReadonlyArray<RangerTag & Partial<Pick<FoundTag, 'matchType'>>>
  /** What conditions may look at. Absent: nothing is known, and a condition that looks there can't be decided. */
  readonly context?: ReadonlyMap<string, unknown>
  readonly clientIPAddress?: string
  /** Further fields as scripts see them under `REQ`: `clientType`, `action` and the like. */
  readonly fields?: ReadonlyMap<string, string>
}

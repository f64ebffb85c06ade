/** The body that `GET /service/tags/download/{service}` answers with (apache/ranger, agents-common, `ServiceTags`). */
import type { PolicyResources } from './Policy.ts'
import type { ValiditySchedule } from './ValiditySchedule.ts'

/** A tag as it is put on resources. */
export interface RangerTag {
  readonly type: string
  readonly attributes: ReadonlyMap<string, string>
  /** When the tag counts; none: always. */
  readonly validityPeriods: ReadonlyArray<ValiditySchedule>
}

/** A resource that carries tags. */
export interface TaggedResource {
  readonly elements: PolicyResources
  readonly tagIds: ReadonlyArray<string>
}

/** All tags of one service and what they are on. */
export interface ServiceTags {
  readonly serviceName: string
  /** -1 where the body names none. */
  readonly tagVersion: number
  readonly tags: ReadonlyMap<string, RangerTag>
  readonly resources: ReadonlyArray<TaggedResource>
}

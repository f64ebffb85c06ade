/** The body that `GET /service/xusers/download/{service}` answers with (apache/ranger, agents-common, `RangerUserStore`). */

/** Attributes by name. */
export type Attributes = ReadonlyMap<string, string>

/** Who is there, in which groups, and what is known of them. */
export interface UserStore {
  /** -1 where the body names none. */
  readonly userStoreVersion: number
  readonly groupsOfUser: ReadonlyMap<string, ReadonlyArray<string>>
  readonly attributesOfUser: ReadonlyMap<string, Attributes>
  readonly attributesOfGroup: ReadonlyMap<string, Attributes>
}

/** The body that `GET /service/roles/download/{service}` answers with (apache/ranger, agents-common, `RangerRoles`). */

/** A role and its direct members. Members of a role that is a member are members, too. */
export interface RangerRole {
  readonly name: string
  readonly users: ReadonlyArray<string>
  readonly groups: ReadonlyArray<string>
  readonly roles: ReadonlyArray<string>
}

/** All roles. */
export interface RangerRoles {
  /** -1 where the body names none. */
  readonly roleVersion: number
  readonly roles: ReadonlyArray<RangerRole>
}

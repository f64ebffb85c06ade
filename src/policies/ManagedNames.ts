/** Whose grants a document governs. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ManagedSet } from '../access/Principal.ts'
import type { CodecFault } from '../internal/codecFaults.ts'
import { readManagedPattern } from './DocumentPrincipal.ts'
import type { OneOrMany, Path } from './OneOrMany.ts'
import { each, many, namesOf } from './OneOrMany.ts'
import { schemaPattern } from './ResourcePattern.ts'

/** Name patterns of roles and users: what the document does not give them is taken away. Grants to all others are left alone. */
export interface ManagedNames {
  readonly roles?: OneOrMany
  readonly users?: OneOrMany
}

export const ManagedNamesCodec: t.Type<ManagedNames> = t.exact(
  t.partial({
    roles: namesOf('Roles, one or a list; * stands for any text.', schemaPattern(1)),
    users: namesOf('Users, one or a list; * stands for any text.', schemaPattern(1))
  })
)

/** A fault for each pattern that can't be read. */
export const managedFaults = ({ roles, users }: ManagedNames, path: Path): ReadonlyArray<CodecFault> => [
  ...each(roles, [...path, 'roles'], readManagedPattern),
  ...each(users, [...path, 'users'], readManagedPattern)
]

/** The patterns as stored names. */
export const managedSet = ({ roles, users }: ManagedNames): ManagedSet => {
  const patterns = (names: OneOrMany | undefined) =>
    many(names).flatMap(name =>
      E.match(
        () => [] as ReadonlyArray<string>,
        (pattern: string) => [pattern]
      )(readManagedPattern(name))
    )
  return { roles: patterns(roles), users: patterns(users) }
}

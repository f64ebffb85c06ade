/** Many requests, one round of work: the same table once, and nothing that a named database or schema covers anyway. */
import type { ResourceName } from '../Resource.ts'
import { nameOf, resourceKey } from '../Resource.ts'
import type { ResourceReference } from '../SyncRequest.ts'

/** The keys of a name and of what encloses it, innermost first. */
export const enclosingKeys = ({ database, schema, table }: ResourceName): ReadonlyArray<string> => [
  ...(schema !== undefined && table !== undefined ? [resourceKey({ database, schema, table })] : []),
  ...(schema !== undefined ? [resourceKey({ database, schema })] : []),
  resourceKey({ database })
]

/** The keys of the objects that references are about, worked out once for a round of work: they are asked for again and again. */
export type ReferenceKeys = ReadonlyMap<ResourceReference, string>

export const keysOf = (references: ReadonlyArray<ResourceReference>): ReferenceKeys =>
  new Map(references.map(reference => [reference, resourceKey(nameOf(reference))]))

/** References none of which covers another, in order of first appearance. Columns become their table. */
export const mergeReferences = (keys: ReferenceKeys): ReadonlyArray<ResourceReference> => {
  const byKey = new Map<string, ResourceReference>()
  for (const [reference, key] of keys) {
    if (!byKey.has(key)) byKey.set(key, reference.type === 'column' ? asTable(reference) : reference)
  }
  const merged = [...byKey.values()]
  if (!merged.some(isContainer)) return merged
  return merged.filter(
    reference =>
      !enclosingKeys(nameOf(reference))
        .slice(1)
        .some(key => byKey.has(key))
  )
}

/** Only these cover anything else. */
export const isContainer = ({ type }: ResourceReference): boolean => type === 'database' || type === 'schema'

const asTable = ({
  values: { database, schema, table }
}: Extract<ResourceReference, { readonly type: 'column' }>): ResourceReference => ({
  type: 'table',
  values: { database, schema, table }
})

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

/** References none of which covers another, in order of first appearance. Columns become their table. */
export const mergeReferences = (references: ReadonlyArray<ResourceReference>): ReadonlyArray<ResourceReference> => {
  const byKey = new Map<string, ResourceReference>()
  for (const reference of references) {
    const key = resourceKey(nameOf(reference))
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

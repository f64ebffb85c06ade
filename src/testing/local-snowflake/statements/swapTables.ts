/** ALTER TABLE … SWAP WITH: two tables change names, each keeping its rows, grants and policies. */
import type { Schema } from '../catalog/Container.ts'
import type { Relation } from '../catalog/Relation.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import { refused } from '../StatementError.ts'
import { namespaceIn } from './createObject.ts'
import { requireOwnership } from './require.ts'
import { findObject } from './resolve.ts'
import type { StatementContext } from './StatementContext.ts'

export const swapTables = (context: StatementContext, one: Relation, name: ObjectName): void => {
  const other = findObject(context, 'TABLE', name, 'ALTER TABLE') as Relation
  requireOwnership(context, other)
  if (one.temporaryIn !== undefined || other.temporaryIn !== undefined)
    throw refused('A temporary table cannot be swapped.')
  const places = [one, other].map(({ parent, name: known }) => ({ parent: parent as Schema, name: known }))
  for (const relation of [one, other]) namespaceIn(relation.parent as Schema, 'TABLE').remove(relation.name)
  for (const [i, relation] of [other, one].entries()) {
    const place = places[i]
    if (place === undefined) continue
    relation.parent = place.parent
    relation.name = place.name
    namespaceIn(place.parent, 'TABLE').add(relation)
  }
}

/** Everything that lies in a database or schema, schema by schema and page by page: never more than one chunk in memory. */
import * as E from 'fp-ts/lib/Either.js'
import { isOutage } from '../describeError.ts'
import type { Resource, ResourceName } from '../Resource.ts'
import type { Resolution } from '../ResourceResolver.ts'
import type { SyncError } from '../SyncError.ts'
import { ResourceReference } from '../SyncRequest.ts'
import type { Catalogue, Relation } from './readCatalog.ts'

type Chunks = AsyncIterable<ReadonlyArray<Resolution>>

/**
 * What lies in a container, itself left out. Objects that vanish meanwhile are left out; one that can't be read is unresolved by itself; a page that can't be read, or an outage, ends it with the
 * container unresolved.
 */
export const readSubtree = (
  catalogue: Catalogue,
  container: Resource,
  isManaged: (name: ResourceName) => boolean,
  chunkSize: number
): Chunks => {
  const reference = referenceTo(container.name)

  async function* ofSchema({ name: { database, schema = '' } }: Resource): Chunks {
    for await (const page of catalogue.relationsIn(database, schema)) {
      if (E.isLeft(page)) {
        yield brokenOff(reference, page.left)
        return
      }
      const relations = page.right.filter(({ name }) => isManaged(name))
      for (let at = 0; at < relations.length; at += chunkSize)
        yield await described(relations.slice(at, at + chunkSize))
    }
  }

  async function* ofDatabase({ name: { database } }: Resource): Chunks {
    for await (const page of catalogue.schemasIn(database)) {
      if (E.isLeft(page)) {
        yield brokenOff(reference, page.left)
        return
      }
      for (const schema of page.right.filter(({ name }) => isManaged(name))) {
        yield [{ _tag: 'Found', resource: schema }]
        for await (const chunk of ofSchema(schema)) {
          yield chunk
          if (chunk.some(answer => answer._tag === 'Unresolved' && answer.reference === reference)) return
        }
      }
    }
  }

  const described = async (relations: ReadonlyArray<Relation>): Promise<ReadonlyArray<Resolution>> => {
    const found = await catalogue.describe(relations)
    const outage = found.find(each => E.isLeft(each) && (isOutage(each.left) || each.left._tag === 'Aborted'))
    if (outage !== undefined && E.isLeft(outage)) return brokenOff(reference, outage.left)
    return found.flatMap((each, index): ReadonlyArray<Resolution> => {
      if (E.isRight(each)) return [{ _tag: 'Found', resource: each.right }]
      const name = relations[index]?.name
      return each.left._tag === 'NotFound' || name === undefined
        ? []
        : [
            {
              _tag: 'Unresolved',
              reference: ResourceReference.table(name.database, name.schema, name.table),
              error: each.left
            }
          ]
    })
  }

  return container.kind === 'database' ? ofDatabase(container) : ofSchema(container)
}

const referenceTo = ({ database, schema }: ResourceName): ResourceReference =>
  schema === undefined ? ResourceReference.database(database) : ResourceReference.schema(database, schema)

/** A container that is gone meanwhile holds nothing more; everything else is a failure of the whole. */
const brokenOff = (reference: ResourceReference, error: SyncError): ReadonlyArray<Resolution> =>
  error._tag === 'NotFound' ? [] : [{ _tag: 'Unresolved', reference, error }]

/**
 * The noun of this room: one object's change.
 *
 * **Terminology**
 * - *object*: a row of a table, an entity of an API, a policy object; it has an `id` that is unique within its `schema`.
 * - *schema*: the type that the object belongs to (a subscription's word), not a Snowflake schema.
 * - *dataset*: what schemas belong to, and what topics are set up for.
 * - *image*: the object's fields as they were before, or are after, a change.
 */
import { createHash, randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import { compact, isObject } from '../internal/objects.ts'
import { jsonImage } from './jsonImage.ts'

/** What was done to an object. `REFRESH`: it was written again, or read for the first time, without being changed itself. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'REFRESH'

/** All {@link Operation}s. */
export const operations: ReadonlyArray<Operation> = ['CREATE', 'UPDATE', 'DELETE', 'REFRESH']

/**
 * An object's fields at one time: JSON data, or what the filter language can read beside it (`Date`, `Map`, `Set`, `Uint8Array`, `bigint`, `makeValue`). Filters see it as it is;
 * messages and dead letters hold a copy as JSON, taken when the change comes in: dates as ISO texts, bytes as base64, sets as lists, decimals and integers beyond 2^53 as texts.
 */
export interface ObjectImage {
  readonly [field: string]: unknown
}

/** One change of one object. */
export interface ObjectChange {
  readonly datasetId: string
  readonly schema: string
  readonly operation: Operation
  readonly id: string
  /** Absent for CREATE: there it is passed over. */
  readonly before?: ObjectImage
  /** Absent for DELETE: there it is passed over. */
  readonly after?: ObjectImage
  /**
   * The same for every delivery of this change, and for no other change: what a consumer removes duplicates by. Default: made from dataset, schema, id, operation and
   * version where the object has a `version`, else random.
   */
  readonly eventId?: string
}

/** A change whose event id is settled. */
export interface IdentifiedChange extends ObjectChange {
  readonly eventId: string
}

/** A short text that stands for all of `parts`, however they are made. */
export const digestOf = (...parts: ReadonlyArray<string>): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)

/** The `version` that an object carries, as objects of the reference do. */
export const versionOf = (image: ObjectImage | undefined): number | undefined => {
  const version = image?.['version']
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : undefined
}

/** The change with its event id. */
export const identified = (change: ObjectChange): IdentifiedChange => {
  if (change.eventId !== undefined) return { ...change, eventId: change.eventId }
  const version = versionOf(change.after ?? change.before)
  const { datasetId, schema, id, operation } = change
  const eventId =
    version === undefined ? randomUUID() : digestOf('real time', datasetId, schema, id, operation, String(version))
  return { ...change, eventId }
}

/** A text that no two objects share. */
export const objectKey = ({ datasetId, schema, id }: Pick<ObjectChange, 'datasetId' | 'schema' | 'id'>): string =>
  JSON.stringify([datasetId, schema, id])

const isAbsent = (image: ObjectImage | undefined): boolean =>
  // Hosts without types may well write a side that is not there as null.
  image === undefined || (image as unknown) === null

const image = (path: string, value: ObjectImage | undefined, wanted: boolean): Fault | undefined => {
  if (isAbsent(value)) return wanted ? fault(path, 'must be the object’s fields for this operation') : undefined
  return isObject(value) ? undefined : fault(path, 'must be an object')
}

/** What is wrong with a change that came from a host. */
export const changeFaults = (change: ObjectChange): ReadonlyArray<Fault> => {
  const { operation, before, after } = change
  const names = (['datasetId', 'schema', 'id'] as const).map(name =>
    typeof change[name] === 'string' && change[name] !== ''
      ? undefined
      : fault(name, 'must be a text of at least one character')
  )
  return [
    ...names,
    operations.includes(operation) ? undefined : fault('operation', `must be one of ${operations.join(', ')}`),
    image('before', before, operation === 'DELETE'),
    image('after', after, operation !== 'DELETE')
  ].filter(found => found !== undefined)
}

/** The sides that the operation has, as the host gave them. */
export const imagesOf = ({ operation, before, after }: ObjectChange): Pick<ObjectChange, 'before' | 'after'> => ({
  ...(before === undefined || isAbsent(before) || operation === 'CREATE' ? {} : { before }),
  ...(after === undefined || isAbsent(after) || operation === 'DELETE' ? {} : { after })
})

/** The change with its images as JSON data, or what is wrong with them. */
export const asJson = (change: ObjectChange): E.Either<Fault, ObjectChange> => {
  const made: { before?: ObjectImage; after?: ObjectImage } = {}
  const images = imagesOf(change)
  for (const side of ['before', 'after'] as const) {
    const image = images[side]
    if (image === undefined) continue
    const read = jsonImage(image)
    if (E.isLeft(read)) return E.left(fault(side, `must be data: it ${read.left}`))
    made[side] = read.right
  }
  return E.right({ ...withoutImages(change), ...made })
}

/** The change as far as a dead letter can hold it: what is wrong with it may be its images. */
export const storable = (change: ObjectChange): ObjectChange => E.getOrElse(() => withoutImages(change))(asJson(change))

const withoutImages = (change: ObjectChange): ObjectChange =>
  compact({ ...change, before: undefined, after: undefined })

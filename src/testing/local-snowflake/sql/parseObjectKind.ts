/** Reads the words that name a kind of object, one or many: `MASKING POLICY`, `EXTERNAL TABLES`. */
import { objectKinds, pluralOf } from '../catalog/ObjectKind.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { Cursor } from './Cursor.ts'

/** Longest first, so that `DATABASE ROLE` is not read as `DATABASE`. */
const byWords = (name: (kind: ObjectKind) => string): ReadonlyArray<readonly [ReadonlyArray<string>, ObjectKind]> =>
  objectKinds.map(kind => [name(kind).split(' '), kind] as const).sort(([a], [b]) => b.length - a.length)

const singular = byWords(kind => kind)
const plural = byWords(pluralOf)

const takeKind = (cursor: Cursor, table: typeof singular): ObjectKind | undefined =>
  table.find(([words]) => cursor.take(...words))?.[1]

export const takeObjectKind = (cursor: Cursor): ObjectKind | undefined => takeKind(cursor, singular)

export const takeObjectKinds = (cursor: Cursor): ObjectKind | undefined => takeKind(cursor, plural)

export const parseObjectKind = (cursor: Cursor): ObjectKind => {
  const kind = takeObjectKind(cursor)
  if (kind === undefined) throw cursor.unexpected()
  return kind
}

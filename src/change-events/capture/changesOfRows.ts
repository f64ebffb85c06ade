/** Rows of a change stream, as kept in the outbox, put together to changes of objects. */
import type { ObjectChange, ObjectImage } from '../ObjectChange.ts'
import { digestOf } from '../ObjectChange.ts'
import type { CaptureSource } from './CaptureSource.ts'
import { rowImage } from './rowImage.ts'

/** One half of a change: the row before it (DELETE), or after it (INSERT). */
export interface CapturedRow {
  readonly objectId: string
  /** Snowflake's own and unchanging id of the row. */
  readonly rowId: string
  readonly action: 'INSERT' | 'DELETE'
  /** Read when the stream was made, not because it was changed. */
  readonly initial: boolean
  /** The columns, as JSON. */
  readonly object: string
}

/**
 * The changes of one batch, object by object. The halves of an update share a row id; an object that was deleted and made again has two rows, and is one update as well.
 * An update that changes the id itself is a DELETE of the old object and a CREATE of the new one.
 */
export const changesOfRows = (
  source: CaptureSource,
  batch: string,
  rows: ReadonlyArray<CapturedRow>
): ReadonlyArray<ObjectChange> => {
  const objects = new Map<string, Array<CapturedRow>>()
  for (const row of rows) {
    const halves = objects.get(row.objectId)
    if (halves === undefined) objects.set(row.objectId, [row])
    else halves.push(row)
  }
  return [...objects.values()].flatMap(halves => pairs(halves).map(pair => changeOf(source, batch, pair)))
}

interface Pair {
  readonly before: CapturedRow | undefined
  readonly after: CapturedRow | undefined
}

/** Halves of one row first, then any old half with any new one, then what is left alone: what goes before what comes. */
const pairs = (halves: ReadonlyArray<CapturedRow>): ReadonlyArray<Pair> => {
  const byRow = (a: CapturedRow, b: CapturedRow): number => (a.rowId < b.rowId ? -1 : a.rowId > b.rowId ? 1 : 0)
  const olds = halves.filter(({ action }) => action === 'DELETE').sort(byRow)
  const news = new Map(
    halves
      .filter(({ action }) => action === 'INSERT')
      .sort(byRow)
      .map(row => [row.rowId, row])
  )
  const joined: Array<Pair> = []
  const alone: Array<CapturedRow> = []
  for (const before of olds) {
    const after = news.get(before.rowId)
    if (after === undefined) alone.push(before)
    else joined.push({ before, after })
    news.delete(before.rowId)
  }
  const rest = [...news.values()]
  for (const before of alone) joined.push({ before, after: rest.shift() })
  // An object that is gone and one that is there: whoever replays them must end with the one that is there.
  joined.sort((a, b) => Number(a.after !== undefined) - Number(b.after !== undefined))
  return [...joined, ...rest.map((after): Pair => ({ before: undefined, after }))]
}

const changeOf = (source: CaptureSource, batch: string, { before, after }: Pair): ObjectChange => {
  const { datasetId, schema } = source
  const id = (after ?? before)?.objectId ?? ''
  const eventId = digestOf('captured', batch, before?.rowId ?? '', after?.rowId ?? '', id)
  const change = { datasetId, schema, id, eventId }
  if (after === undefined) return { ...change, operation: 'DELETE', before: imageOf(source, before) }
  const image = imageOf(source, after)
  if (before !== undefined) return { ...change, operation: 'UPDATE', before: imageOf(source, before), after: image }
  return { ...change, operation: after.initial ? 'REFRESH' : 'CREATE', after: image }
}

const imageOf = ({ fieldOf = name => name }: CaptureSource, row: CapturedRow | undefined): ObjectImage =>
  Object.fromEntries(
    Object.entries(row === undefined ? {} : rowImage(row.object)).flatMap(([column, value]) =>
      column.startsWith('METADATA$') ? [] : [[fieldOf(column), value]]
    )
  )

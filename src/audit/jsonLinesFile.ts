/** The files behind the JSON-lines sink: torn ends are cut off, sizes are known, writes are all or nothing. */
import type { FileHandle } from 'node:fs/promises'
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { syncDirectoryOf } from '../internal/durableFile.ts'
import { basename, dirname, extname, join } from 'node:path'

/** An open file of whole lines, and its size up to the last whole line. */
export interface LinesFile {
  readonly sizeBytes: () => number
  /** Appends lines of JSON and makes them durable. When it rejects, the file is as before (or is made so by the next call). */
  readonly append: (text: string) => Promise<void>
  /** False where the file was removed, moved away or cut underneath: what is written to it would be lost, or stand where nobody looks. */
  readonly isThere: () => Promise<boolean>
  readonly close: () => Promise<void>
}

/** JSON that stays one line for readers too (Node's newer ones among them) that take U+2028 and U+2029 for the end of one; JSON itself leaves them as they are. */
export const withoutSeparators = (json: string): string =>
  json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')

/** Opens for appending; what a crash left after the last line break is cut off. */
export const openLinesFile = async (path: string): Promise<LinesFile> => {
  const handle = await open(path, 'a+')
  let sizeBytes = await orClose(handle, async () => {
    await syncDirectoryOf(path)
    return cutTornEnd(handle)
  })
  let dirty = false
  return {
    sizeBytes: () => sizeBytes,
    append: async text => {
      const bytes = Buffer.from(withoutSeparators(text), 'utf8')
      if (dirty) await handle.truncate(sizeBytes)
      dirty = true
      await writeWhole(handle, bytes)
      await handle.datasync()
      dirty = false
      sizeBytes += bytes.length
    },
    isThere: async () => {
      const [ours, named] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)])
      return named?.ino === ours.ino && named.dev === ours.dev && ours.size >= sizeBytes
    },
    close: () => handle.close()
  }
}

/** What could not be opened wholly is not left open. */
const orClose = async <A>(handle: FileHandle, prepare: () => Promise<A>): Promise<A> => {
  try {
    return await prepare()
  } catch (cause) {
    await handle.close()
    throw cause
  }
}

/** A write may take only part of what it is given (a full disk does so before it fails). */
const writeWhole = async (handle: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
}

const chunkBytes = 65_536
const lineFeed = 10

const cutTornEnd = async (handle: FileHandle): Promise<number> => {
  const { size } = await handle.stat()
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - chunkBytes)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start)
    const at = buffer.subarray(0, bytesRead).lastIndexOf(lineFeed)
    if (at >= 0) {
      const whole = start + at + 1
      if (whole < size) await handle.truncate(whole)
      return whole
    }
    end = start
  }
  if (size > 0) await handle.truncate(0)
  return 0
}

/** The lines of a file, one by one: those that were there when the reading began. */
export async function* readLines(path: string): AsyncIterable<string> {
  const { size } = await stat(path)
  if (size > 0)
    yield* createInterface({ input: createReadStream(path, { encoding: 'utf8', end: size - 1 }), crlfDelay: Infinity })
}

const stem = (path: string): string => basename(path, extname(path))

/** `audit.jsonl` -> `audit.000012.jsonl` */
const rotatedPath = (path: string, number: number): string =>
  join(dirname(path), `${stem(path)}.${String(number).padStart(6, '0')}${extname(path)}`)

/** The number that a name has as a rotated file of a path, if it is one. */
const numberIn = (path: string, name: string): number | undefined => {
  const [start, end] = [`${stem(path)}.`, extname(path)]
  if (!name.startsWith(start) || !name.endsWith(end)) return undefined
  const digits = name.slice(start.length, name.length - end.length)
  return /^\d{6,}$/.test(digits) ? Number(digits) : undefined
}

const rotatedNumbers = async (path: string): Promise<ReadonlyArray<number>> => {
  const names = await readdir(dirname(path))
  return names
    .map(name => numberIn(path, name))
    .filter(number => number !== undefined)
    .sort((a, b) => a - b)
}

/** The rotated files of a path, oldest first. */
export const rotatedFiles = async (path: string): Promise<ReadonlyArray<string>> =>
  (await rotatedNumbers(path)).map(number => rotatedPath(path, number))

/** Moves the file out of the way under the next free number; answers the new path. */
export const rotate = async (path: string): Promise<string> => {
  const newest = (await rotatedNumbers(path)).at(-1) ?? 0
  const target = rotatedPath(path, newest + 1)
  // That of a file of this number that was deleted since says nothing of this one.
  await rm(indexPath(target), { force: true })
  await rename(path, target)
  await syncDirectoryOf(path)
  return target
}

const indexPath = (path: string): string => `${path}.positions.json`

/** Stores what is in a rotated file, so that it need not be read again. Losing this file costs time, nothing else. */
export const writeIndex = (path: string, index: unknown): Promise<void> =>
  writeFile(indexPath(path), JSON.stringify(index))

/** The stored index, or undefined where there is none or it can't be read (the file itself is read then). */
export const readIndex = async (path: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(indexPath(path), 'utf8')) as unknown
  } catch {
    // Absent or torn by a crash: the caller falls back to the file it describes.
    return undefined
  }
}

/** What a catalogue watch saw last, kept across restarts. */
import { readFile } from 'node:fs/promises'
import { replaceFile } from '../../internal/durableFile.ts'
import { isObject, ownField } from '../../internal/objects.ts'
import type { ObjectImage } from '../ObjectChange.ts'

/** One thing that was there: the schema it is told under, and its fields. */
export interface SeenObject {
  readonly schema: string
  readonly image: ObjectImage
}

/** All that was there at one time. */
export interface CatalogueSnapshot {
  readonly id: string
  readonly objects: { readonly [key: string]: SeenObject }
}

/** Port: keeps the last snapshot. Without one, what comes while nobody watches is taken for old. */
export interface CatalogueMemory {
  /** Undefined where nothing was saved yet. */
  readonly load: () => Promise<CatalogueSnapshot | undefined>
  /** Replaces it, wholly or not at all. */
  readonly save: (snapshot: CatalogueSnapshot) => Promise<void>
}

/**
 * Keeps the snapshot in a file.
 *
 * **Errors**: rejects where the file cannot be read or written; a file that holds no snapshot counts as none.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createFileCatalogueMemory } from 'on-demand-sync/change-events'
 *
 * const memory = createFileCatalogueMemory({ path: join(await mkdtemp(join(tmpdir(), 'seen-')), 'catalogue.json') })
 * if ((await memory.load()) !== undefined) throw new Error('unexpected')
 * ```
 */
export const createFileCatalogueMemory = ({ path }: { readonly path: string }): CatalogueMemory => ({
  load: async () => {
    try {
      const read: unknown = JSON.parse(await readFile(path, 'utf8'))
      const isSnapshot =
        isObject(read) && isObject(ownField(read, 'objects')) && typeof ownField(read, 'id') === 'string'
      return isSnapshot ? (read as CatalogueSnapshot) : undefined
    } catch (cause) {
      if (cause instanceof SyntaxError || (cause as { readonly code?: unknown }).code === 'ENOENT') return undefined
      throw cause
    }
  },
  save: snapshot => replaceFile(path, JSON.stringify(snapshot))
})

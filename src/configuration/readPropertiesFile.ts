/** Properties out of a YAML (or JSON) file: every value as it is written there. */
import { readFile } from 'node:fs/promises'
import type { Document } from 'yaml'
import { LineCounter, parseDocument, visit } from 'yaml'
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import { isObject } from '../internal/objects.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import type { RawProperties } from './readProperties.ts'

/** One slip may make the parser stumble over all that follows. */
const mostFaults = 5

/** Rejects with `SyncException` (InvalidInput) that repeats nothing of the file: it holds secrets. */
export const readPropertiesFile = async (file: string): Promise<RawProperties> => {
  const refuse = (...faults: ReadonlyArray<Fault>) =>
    new SyncException(SyncError.InvalidInput({ subject: file, faults }))
  const text = await readFile(file, 'utf8').catch(() => {
    // Why it can't be read is the system's own text; what matters is which file.
    throw refuse(fault('', 'must be a file that can be read'))
  })
  const document = parsed(text)
  if (document === undefined) throw refuse(fault('', 'must be YAML'))
  if (document.errors.length > 0) throw refuse(...document.errors.slice(0, mostFaults).map(toFault))
  const content = toPlain(document)
  if (!isObject(content)) throw refuse(fault('', 'must hold one property per key'))
  return content as RawProperties
}

/** Undefined where the text is nested so deeply that the parser overflows its stack. */
const parsed = (text: string): Document.Parsed | undefined => {
  try {
    return parseDocument(text, { lineCounter: new LineCounter(), uniqueKeys: true, version: '1.2', merge: false })
  } catch {
    // The error is the stack's, and says nothing of the text.
    return undefined
  }
}

const toFault = ({ code, linePos }: Document.Parsed['errors'][number]): Fault => ({
  ...fault('', code === 'DUPLICATE_KEY' ? 'must not have the same key twice' : 'must be YAML'),
  line: linePos?.[0].line ?? 1,
  column: linePos?.[0].col ?? 1
})

/** Undefined for a bomb of aliases. YAML takes 007 for the number 7, and a long row of digits for the nearest one that it can hold: a password, or the name of a table, would be another one. */
const toPlain = (document: Document.Parsed): unknown => {
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'number' || typeof scalar.value === 'boolean')
        scalar.value = scalar.source ?? String(scalar.value)
    }
  })
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown
  } catch {
    // What the parser says of it may quote the file.
    return undefined
  }
}

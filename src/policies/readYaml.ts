/** From a text that people write, in YAML or JSON, to what a codec knows, or to all faults with their lines. */
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { Document, Node } from 'yaml'
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { Fault } from '../Fault.ts'
import { joinPath } from '../Fault.ts'
import type { CodecFault } from '../internal/codecFaults.ts'
import { codecFaults } from '../internal/codecFaults.ts'
import type { InvalidInput } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'

/** Reads a text whole or not at all. `check` says what is wrong beyond the form, and is asked only where the form is right. */
export const readYaml = <A>(
  text: string,
  name: string,
  codec: t.Type<A>,
  check: (value: A) => ReadonlyArray<CodecFault>
): E.Either<InvalidInput, A> => {
  const lines = new LineCounter()
  const yaml = parse(text, lines)
  if (yaml === undefined)
    return E.left(
      SyncError.InvalidInput({ subject: name, faults: [{ path: '', rule: 'must not be nested so deeply' }] })
    )
  const faults: Array<Fault> = yaml.errors.map(({ code, linePos }) => ({
    path: '',
    rule: yamlRule(code),
    line: linePos?.[0].line ?? 1,
    column: linePos?.[0].col ?? 1
  }))
  if (faults.length > 0) return E.left(SyncError.InvalidInput({ subject: name, faults }))
  const value: unknown = toPlain(yaml)
  const form = codecFaults(codec, value)
  const found = form.length > 0 ? form : check(value as A)
  if (found.length === 0) return E.right(value as A)
  return E.left(
    SyncError.InvalidInput({
      subject: name,
      faults: found.map(({ path, rule }) => ({
        path: path.reduce<string>(joinPath, ''),
        rule,
        ...placeOf(yaml, path, lines)
      }))
    })
  )
}

/** The parser goes as deep as the text; one that is nested beyond all sense overflows its stack. */
const parse = (text: string, lineCounter: LineCounter): Document | undefined => {
  try {
    return parseDocument(text, { lineCounter, uniqueKeys: true, version: '1.2', merge: false })
  } catch {
    // The error is the stack's, and says nothing of the text.
    return undefined
  }
}

/** An alias bomb throws while it is spread out; such a file is no document. */
const toPlain = (yaml: Document): unknown => {
  try {
    return yaml.toJS({ maxAliasCount: 100 }) as unknown
  } catch {
    // What the parser says of it, the rule for the whole document says as well.
    return undefined
  }
}

/** The place of a path, or of the nearest thing around it that is there. */
const placeOf = (
  yaml: Document,
  path: ReadonlyArray<string | number>,
  lines: LineCounter
): Pick<Fault, 'line' | 'column'> => {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const node = depth === 0 ? yaml.contents : (yaml.getIn(path.slice(0, depth), true) as Node | undefined)
    if (!isNode(node) || !node.range) continue
    const { line, col } = lines.linePos(node.range[0])
    return { line, column: col }
  }
  return { line: 1, column: 1 }
}

const yamlRule = (code: string): string => {
  if (code === 'DUPLICATE_KEY') return 'must not have the same key twice'
  if (code === 'TAB_AS_INDENT') return 'must be indented with spaces, not with tabs'
  return `must be YAML or JSON (${code.toLowerCase().replaceAll('_', ' ')})`
}

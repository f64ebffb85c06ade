/** Scripts read once and kept: the same condition stands in many policies. */
import { unsupportedIn } from './evaluateScript.ts'
import { parseExpression, parseScript } from './parseScript.ts'
import type { Expression } from './Script.ts'
import { partsOfExpression } from './Script.ts'
import { isPersonal, isScriptFunction } from './scriptFunctions.ts'

/** A script that can be worked out, or why it can't. */
export type ReadScript =
  | { readonly kind: 'script'; readonly script: Expression; readonly isPersonal: boolean }
  | { readonly kind: 'unsupported'; readonly reason: string }

const read = (script: Expression | undefined): ReadScript => {
  if (script === undefined) return { kind: 'unsupported', reason: 'a script in a form that is not supported' }
  const what = unsupportedIn(script, isScriptFunction)
  if (what !== undefined) return { kind: 'unsupported', reason: `a script with ${what}, which is not supported` }
  const names = partsOfExpression(script).flatMap(part => {
    if (part.kind === 'name' || part.kind === 'call') return [part.name]
    return part.kind === 'method' ? [`ctx.${part.name}`] : []
  })
  return { kind: 'script', script, isPersonal: names.some(isPersonal) }
}

/** Reads a condition. */
export const readScript = (source: string): ReadScript => read(parseScript(source))

/** Reads what stands in `${{ … }}`. */
export const readExpression = (source: string): ReadScript => read(parseExpression(source))

/** Everything that conditions, tokens and expressions may look at, for one asker on one occasion. Made for each decision, so nothing in it is worked out before it is asked for. */
import type { Asker, FoundTag, Occasion } from '../evaluation/Occasion.ts'
import type { ValueScope } from '../matching/ResourceText.ts'
import type { ScriptScope } from './script/evaluateScript.ts'
import { evaluateScript } from './script/evaluateScript.ts'
import { readExpression } from './script/readScript.ts'
import { scriptFunctions } from './script/scriptFunctions.ts'
import { variableOf } from './script/scriptVariables.ts'
import type { ScriptValue } from './script/ScriptValue.ts'
import { textOfValue, unknown } from './script/ScriptValue.ts'

/** Who, what and when, and the views on it. */
export interface AskerScope {
  readonly asker: Asker
  readonly occasion: Occasion
  /** The tag whose policy is being looked at, for tag policies. */
  readonly tag: FoundTag | undefined
  /** The zone of times that name none. */
  readonly timeZone: string
  readonly script: ScriptScope
  readonly values: ValueScope
}

/** The text that `${{ source }}` comes to: nothing where there is no value, undefined where it can't be told. */
export const expressionText = (source: string, script: ScriptScope): string | undefined => {
  const read = readExpression(source)
  const value: ScriptValue = read.kind === 'script' ? evaluateScript(read.script, script) : unknown
  return value === null || value === undefined ? '' : textOfValue(value)
}

/** Makes a scope. */
export const askerScope = (asker: Asker, occasion: Occasion, timeZone: string, tag?: FoundTag): AskerScope => {
  let functions: ReturnType<typeof scriptFunctions> | undefined
  const script: ScriptScope = {
    variable: name => variableOf(name, asker, occasion, tag),
    function: name => (functions ??= scriptFunctions({ asker, occasion, tag, timeZone }))(name)
  }
  const token = (name: string): string | undefined => {
    if (name === 'USER') return asker.user
    if (name === 'OWNER') return occasion.owner
    const value = occasion.context?.get(`token:${name}`)
    return typeof value === 'string' ? value : undefined
  }
  return {
    asker,
    occasion,
    tag,
    timeZone,
    script,
    values: { token, expression: source => expressionText(source, script) }
  }
}

/** Works a script out. It can only look at what it is given; there is no way from it to the host. */
import { memberOf, methods } from './methods.ts'
import { binary, logical, unary } from './operators.ts'
import type { Expression } from './Script.ts'
import { partsOfExpression } from './Script.ts'
import type { ScriptValue } from './ScriptValue.ts'
import { truthOfValue, unknown } from './ScriptValue.ts'

/** A function that scripts may call. */
export type ScriptFunction = (args: ReadonlyArray<ScriptValue>) => ScriptValue

/** What a script sees. */
export interface ScriptScope {
  /** A variable; undefined in it where there is none of that name. */
  readonly variable: (name: string) => ScriptValue
  /** `IS_IN_ROLE(…)`, and the methods of `ctx`. */
  readonly function: (name: string) => ScriptFunction | undefined
}

/** The variables that there are: those that hold values, and `ctx`, which has methods only. */
export const scriptVariables: ReadonlySet<string> = new Set([
  'ctx',
  'tag',
  'tagAttr',
  'REQ',
  'RES',
  'USER',
  'UGNAMES',
  'UG',
  'UGA',
  'URNAMES',
  'TAG',
  'TAGS',
  'TAGNAMES'
])

const isContext = (expression: Expression): boolean => expression.kind === 'name' && expression.name === 'ctx'

/** The first thing in a script that is not supported, in words. */
export const unsupportedIn = (script: Expression, isFunction: (name: string) => boolean): string | undefined => {
  for (const part of partsOfExpression(script)) {
    if (part.kind === 'name' && !scriptVariables.has(part.name) && !isFunction(part.name)) return part.name
    if (part.kind === 'call' && !isFunction(part.name)) return `${part.name}()`
    if (part.kind === 'method' && !(isContext(part.object) ? isFunction(`ctx.${part.name}`) : methods.has(part.name)))
      return `${part.name}()`
  }
  return undefined
}

/** The value of an expression. */
export const evaluateScript = (expression: Expression, scope: ScriptScope): ScriptValue => {
  const value = (part: Expression) => evaluateScript(part, scope)
  const call = (name: string, args: ReadonlyArray<Expression>) => scope.function(name)?.(args.map(value)) ?? unknown
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'list':
      return expression.items.map(value)
    case 'name':
      // Macros such as HAS_ANY_TAG are written without brackets.
      return scriptVariables.has(expression.name) ? scope.variable(expression.name) : call(expression.name, [])
    case 'member':
      return memberOf(value(expression.object), value(expression.key))
    case 'call':
      return call(expression.name, expression.args)
    case 'method': {
      if (isContext(expression.object)) return call(`ctx.${expression.name}`, expression.args)
      const method = methods.get(expression.name)
      return method === undefined ? unknown : method(value(expression.object), expression.args.map(value))
    }
    case 'unary':
      return unary[expression.operator](value(expression.operand))
    case 'binary':
      return binary[expression.operator](value(expression.left), value(expression.right))
    case 'logical':
      return logical(expression.operator, value(expression.left), () => value(expression.right))
    case 'conditional': {
      const test = truthOfValue(value(expression.test))
      return test === 'unknown'
        ? eitherWay(value(expression.then), value(expression.otherwise))
        : value(test === 'yes' ? expression.then : expression.otherwise)
    }
  }
}

/** Where the test can't be told, two equal answers are the answer all the same. */
const eitherWay = (then: ScriptValue, otherwise: ScriptValue): ScriptValue => (then === otherwise ? then : unknown)

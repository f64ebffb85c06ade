/** Conditions written as scripts. */
import type { Condition, ReadCondition } from './Condition.ts'
import { undecidable } from './Condition.ts'
import { evaluateScript } from './script/evaluateScript.ts'
import { readScript } from './script/readScript.ts'
import type { Truth } from './Truth.ts'
import { not, truthOf } from './Truth.ts'

const ofSource = (source: string, turn: (truth: Truth) => Truth): Condition => {
  if (source.trim() === '') return undecidable('an empty script')
  const read = readScript(source)
  if (read.kind === 'unsupported') return undecidable(read.reason)
  const { script, isPersonal } = read
  return {
    isPersonal,
    holds: scope => {
      const value = evaluateScript(script, scope.script)
      // A script that says nothing leaves `ctx.result` at false; one that says neither true nor false is not understood.
      if (value === null || value === undefined) return turn('no')
      return typeof value === 'boolean' ? turn(truthOf(value)) : 'unknown'
    }
  }
}

/** The script is the condition's value. */
export const scriptCondition: ReadCondition = ([source = '']) => ofSource(source, truth => truth)

/** The script is in the definition; the condition's value says whether it has to hold (`yes`), or not to (`no`). */
export const templateCondition: ReadCondition = ([answer = ''], { evaluatorOptions }) => {
  const word = answer.trim().toLowerCase()
  if (word === '') return undecidable('a condition without yes or no')
  return ofSource(
    evaluatorOptions.get('scriptTemplate') ?? '',
    word === 'no' || word === 'false' ? not : truth => truth
  )
}

/** Conditions on what a request brings along. */
import { glob, globMatches } from '../matching/Glob.ts'
import type { AskerScope } from './AskerScope.ts'
import type { Condition, ReadCondition } from './Condition.ts'
import { undecidable } from './Condition.ts'
import type { Truth } from './Truth.ts'
import { truthOf } from './Truth.ts'

/** A value of the request; `unknown` where nothing at all is known of the request. */
const valueIn = ({ occasion: { context } }: AskerScope, name: string): unknown =>
  context === undefined ? undefined : (context.get(name) ?? null)

const ofValue = (name: string, absent: Truth, test: (value: unknown) => Truth): Condition => ({
  isPersonal: false,
  holds: scope => {
    const value = valueIn(scope, name)
    if (value === undefined) return 'unknown'
    return value === null ? absent : test(value)
  }
})

/** The value is one of, or none of, those listed. A request without the value satisfies neither. */
export const contextCondition =
  (isIn: boolean): ReadCondition =>
  (values, { evaluatorOptions }) => {
    const name = evaluatorOptions.get('attributeName') ?? ''
    if (name === '' || values.length === 0) return undecidable('a context condition without an attribute or values')
    return ofValue(name, 'unknown', value => truthOf((typeof value === 'string' && values.includes(value)) === isIn))
  }

/** The value fits one of the patterns listed. A request without the value fits none. */
export const simpleCondition: ReadCondition = (values, { evaluatorOptions }) => {
  const name = evaluatorOptions.get('CONTEXT_NAME') ?? ''
  if (name === '' || values.length === 0) return undecidable('a context condition without a name or values')
  const patterns = values.map(text => glob([{ text, isLiteral: false }], plain => plain))
  return ofValue(name, 'no', value =>
    typeof value === 'string' ? truthOf(patterns.some(pattern => globMatches(pattern, value))) : 'unknown'
  )
}

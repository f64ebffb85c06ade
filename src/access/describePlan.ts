/** Plans for people, in the way well-known plan tools print them. */
import { groupBy } from '../internal/groupBy.ts'
import { describeName, resourceKey } from '../Resource.ts'
import type { Change } from './Change.ts'
import { describeChange } from './Change.ts'
import type { Plan } from './Plan.ts'

const symbolOf = (change: Change): '+' | '~' | '-' => {
  switch (change.kind) {
    case 'grant':
      return '+'
    case 'set mask':
    case 'set filter':
      return change.replaces === undefined ? '+' : '~'
    case 'revoke':
    case 'revoke grant option':
    case 'unset mask':
    case 'drop filter':
      return '-'
  }
}

/** The changes object by object (`+` added, `~` replaced, `-` taken away), then the statements in their order, then a summary. */
export const describePlan = ({ steps }: Plan): string => {
  if (steps.length === 0) return 'No changes: access agrees with the policies.'
  const changes = steps.flatMap(step => step.changes)
  const objects = [...groupBy(changes, ({ on }) => resourceKey(on)).values()].flatMap(group => {
    const [first] = group
    return first === undefined
      ? []
      : [`${describeName(first.on)}:`, ...group.map(change => `  ${symbolOf(change)} ${describeChange(change)}`)]
  })
  const statements = steps.map(
    ({ phase, statement }, index) => `  ${String(index + 1).padStart(3)}. ${phase.padEnd(7)} ${statement}`
  )
  const count = (symbol: string) => changes.filter(change => symbolOf(change) === symbol).length
  const summary = `Plan: ${count('+')} to add, ${count('~')} to replace, ${count('-')} to take away; ${steps.length} statements.`
  return [...objects, '', 'Statements, in this order:', ...statements, '', summary].join('\n')
}

/** What should hold for a database or schema: what is granted on itself, and USAGE for everyone who has something in it. */
import type { DesiredGrant } from '../../../access/DesiredAccess.ts'
import type { Resource } from '../../../Resource.ts'
import { allowsEveryone, takeCensus } from '../evaluation/Census.ts'
import type { Inquiry } from '../evaluation/Inquiry.ts'
import { openInquiry } from '../evaluation/Inquiry.ts'
import type { Asker } from '../evaluation/Occasion.ts'
import type { Prospect } from '../evaluation/PolicySet.ts'
import type { CompileContext } from './CompileContext.ts'
import { elementsOfResource, registryFor } from './CompileContext.ts'
import { grantsOf } from './compileRelation.ts'
import { privilegesOf } from './privilegeNames.ts'
import type { Holders } from './Questions.ts'
import { holdersOf } from './Questions.ts'

/**
 * Policies that reach down to tables. A table's own policy says nothing of its columns, so what it denies leaves something to have; a policy on all columns of all tables leaves nothing.
 */
const reachingTables = (prospects: ReadonlyArray<Prospect>): ReadonlyArray<Prospect> =>
  prospects.flatMap(prospect => {
    const matches = prospect.matches.map((match, index) => {
      const levels = prospect.evaluator.matchers[index]?.levels.length ?? 0
      if (levels < 3) return 'NONE'
      return levels === 3 && match !== undefined && match !== 'NONE' ? 'DESCENDANT' : match
    })
    return matches.every(match => match === 'NONE') ? [] : [{ ...prospect, matches }]
  })

/** The grants of a database or schema. */
export const compileContainer = (
  resource: Resource,
  context: CompileContext,
  notes: Set<string>
): ReadonlyArray<DesiredGrant> => {
  const { parts, atMs, doubt } = context
  const level = resource.name.schema === undefined ? 'database' : 'schema'
  const elements = elementsOfResource(resource)
  const open = (orInside: boolean, zone?: string, select?: typeof reachingTables) =>
    openInquiry(parts, { elements }, orInside, atMs, doubt(notes), zone, select)
  const own = open(false)
  const zones = new Set([...parts.findZones(new Map(Object.entries(elements))), own.occasion.zone])
  const inside = [...zones].map(zone => open(true, zone, reachingTables))
  const prospects = [own, ...inside].flatMap(({ access: { tag, resource: found } }) => [...tag, ...found])
  const everyUser = allowsEveryone(prospects, parts.membership)
  const census = takeCensus(prospects, parts.membership, parts.superUsers, everyUser)
  const registry = registryFor(context, census, notes)
  const anyOf = (inquiry: Inquiry, types: ReadonlyArray<string>) => (asker: Asker) =>
    types.some(type => inquiry.decide(asker, type).isAllowed)

  const questions = new Map(
    [...privilegesOf(level, parts.accessTypes)].map(([privilege, types]) => [privilege, anyOf(own, types)])
  )
  const ofTables = [...privilegesOf('relation', parts.accessTypes).values()].flat()
  const usage = questions.get('USAGE')
  questions.set('USAGE', asker => usage?.(asker) === true || inside.some(inquiry => anyOf(inquiry, ofTables)(asker)))
  return grantsOf(
    new Map(
      [...questions].map(([privilege, question]): [string, Holders] => [
        privilege,
        holdersOf(privilege, question, registry)
      ])
    )
  )
}

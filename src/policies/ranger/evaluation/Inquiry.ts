/** Many questions about one resource: its policies are found once, and each asker is then put to them. */
import type { Prospects, Verdict } from './decideAccess.ts'
import { decideAccess } from './decideAccess.ts'
import { gatherProspects } from './gatherProspects.ts'
import type { Look } from './Look.ts'
import { createLook } from './Look.ts'
import type { Asker, Occasion } from './Occasion.ts'
import type { EvaluatedType, Prospect } from './PolicySet.ts'
import type { EngineParts } from './RangerEngine.ts'
import { elementsOf } from './RangerEngine.ts'
import type { RangerResource } from './RangerRequest.ts'
import { accessTypes } from './specialNames.ts'

/** Questions about one resource at one time. */
export interface Inquiry {
  readonly occasion: Occasion
  readonly access: Prospects
  readonly ofType: (policyType: EvaluatedType) => Prospects
  readonly look: (asker: Asker) => Look
  /** `accessType` in lower case. */
  readonly decide: (asker: Asker, accessType: string) => Verdict
}

const supreme: Verdict = { isAllowed: true, policyId: -1, priority: Infinity }

/** The zone whose policies are about a resource; empty: none, or several. */
const zoneOf = (parts: EngineParts, resource: RangerResource): string => {
  const zones = [...parts.findZones(elementsOf({ resource }))]
  return zones.length === 1 ? (zones[0] ?? '') : ''
}

/** Opens an inquiry. `orInside`: what is said of things in the resource counts as well. `select`: which of its policies. */
export const openInquiry = (
  parts: EngineParts,
  resource: RangerResource,
  orInside: boolean,
  accessTimeMs: number,
  doubt: Look['doubt'],
  zone: string = zoneOf(parts, resource),
  select: (prospects: ReadonlyArray<Prospect>) => ReadonlyArray<Prospect> = all => all
): Inquiry => {
  const elements = elementsOf({ resource })
  const occasion: Occasion = {
    elements,
    owner: resource.owner,
    accessType: accessTypes.any,
    accessTimeMs,
    tags: parts.findTags(elements, orInside),
    zone,
    context: undefined,
    clientIPAddress: undefined,
    fields: new Map()
  }
  const set = parts.zones.get(zone) ?? parts.unzoned
  const ofType = (policyType: EvaluatedType) => gatherProspects(parts, set, policyType, occasion, orInside)
  const found = ofType(0)
  const access = { tag: found.tag, resource: select(found.resource) }
  const options = { timeZone: parts.timeZone, countsInner: orInside, ignoresInnerDenials: true, doubt }
  const looks = new WeakMap<Asker, Look>()
  const look = (asker: Asker): Look => {
    const known = looks.get(asker) ?? createLook(asker, occasion, options)
    looks.set(asker, known)
    return known
  }
  return {
    occasion,
    access,
    ofType,
    look,
    decide: (asker, accessType) =>
      parts.superUsers.has(asker)
        ? supreme
        : decideAccess(access, { accessTypes: [accessType], groups: [], isAny: false }, look(asker))
  }
}

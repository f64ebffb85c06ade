/** What the host of the storm is told, and whom it must tell: the rules twice, as filters and as a naive reading of them. */
import type { ObjectChange, Subscription } from 'on-demand-sync/change-events'
import { pick } from '../../chaos/randomNumbers.ts'

/** Stands in every image: no word of the host may repeat it. */
export const rowValue = 'ROW-VALUE-4711'
export const hookSecret = 'HOOK-SECRET-4711'
export const pathToken = 'PATH-TOKEN-4711'

export const topicNames = ['moody', 'lines', 'odd'] as const
export type TopicName = (typeof topicNames)[number]

interface Image {
  readonly [field: string]: unknown
  readonly id: string
  readonly version: number
  readonly n: number
  readonly tag: string
  readonly text: string
}

export interface StormChange extends ObjectChange {
  readonly before?: Image
  readonly after?: Image
}

export interface StormRule {
  readonly rule: Subscription & { readonly topic: TopicName }
  readonly matches: (image: Image) => boolean
}

export const stormRules: ReadonlyArray<StormRule> = [
  { rule: { topic: 'moody' }, matches: () => true },
  {
    rule: { topic: 'moody', schemas: ['A'], operations: ['UPDATE', 'DELETE'], filter: 'n > 50' },
    matches: ({ n }) => n > 50
  },
  {
    rule: { topic: 'lines', schemas: ['B', 'C'], filter: "tag == 'x' || n == 7" },
    matches: ({ n, tag }) => tag === 'x' || n === 7
  },
  {
    rule: { topic: 'odd', filter: "tag in ['x', 'y'] && n % 2 == 0" },
    matches: ({ n, tag }) => tag !== 'z' && n % 2 === 0
  },
  { rule: { topic: 'odd', operations: ['CREATE'], context: { why: 'new' } }, matches: () => true },
  // It has no answer for anything: it must be told nothing, and harm nobody.
  { rule: { topic: 'lines', schemas: ['C'], filter: 'nowhere > 3' }, matches: () => false }
]

/** The places of the rules that the change concerns, by looking at each. */
export const rulesFor = ({ schema, operation, before, after }: StormChange): ReadonlyArray<number> =>
  stormRules.flatMap(({ rule, matches }, place) =>
    rule.schemas?.includes(schema) !== false &&
    rule.operations?.includes(operation) !== false &&
    [before, after].some(image => image !== undefined && matches(image))
      ? [place]
      : []
  )

/** The changes of one life, numbered from `first`: each object's begin where its last one ended. */
export const createChanges = (random: () => number, first: number): (() => StormChange) => {
  const held = new Map<string, Image>()
  let number = first
  return () => {
    const object = Math.floor(random() * 12)
    const id = `${first}-${object}`
    const before = held.get(id)
    const version = number
    number += 1
    const n = Math.floor(random() * 100)
    const image = { id, version, n, tag: pick(random, ['x', 'y', 'z']), text: rowValue }
    const named = { datasetId: 'D', schema: 'ABC'.charAt(object % 3), id, eventId: `change ${version}` }
    if (before === undefined) {
      held.set(id, image)
      return { ...named, operation: 'CREATE', after: image }
    }
    if (random() < 0.2) {
      held.delete(id)
      return { ...named, operation: 'DELETE', before }
    }
    held.set(id, image)
    return { ...named, operation: 'UPDATE', before, after: image }
  }
}

/** What the control API takes as bodies. A field it does not know is refused: a misspelt `times` would mean "for ever". */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { isObject } from '../../internal/objects.ts'
import type { FaultSwitch, Strike } from './Faults.ts'
import type { LocalHubOptions, RestartOptions } from './LocalEventHubs.ts'
import type { LocalEvent } from './LocalEvent.ts'

const body = <A>(name: string, required: t.Props, optional: t.Props): t.Type<A> => {
  const [needed, allowed] = [t.type(required), t.partial(optional)]
  const known = new Set([...Object.keys(required), ...Object.keys(optional)])
  const validate = (u: unknown, context: t.Context): t.Validation<A> => {
    const unknown = isObject(u) ? Object.keys(u).filter(key => !known.has(key)) : []
    if (unknown.length > 0)
      return t.failures(unknown.map(key => ({ value: undefined, context: [...context, { key, type: t.never }] })))
    const first = needed.validate(u, context)
    return (E.isLeft(first) ? first : allowed.validate(u, context)) as t.Validation<A>
  }
  return new t.Type<A>(name, (u): u is A => E.isRight(validate(u, [])), validate, t.identity)
}

const text = t.string
const texts = t.array(t.string)
const count = t.refinement(t.number, n => Number.isSafeInteger(n) && n >= 0, 'count')
const bool = t.boolean
const event = body<LocalEvent>(
  'event',
  {},
  {
    body: t.unknown,
    properties: t.record(t.string, t.unknown),
    messageId: text,
    correlationId: text,
    contentType: text
  }
)
const error = t.union([
  t.string,
  body<{ readonly condition: string; readonly description?: string }>(
    'error',
    { condition: text },
    { description: text }
  )
])
const target = {
  hub: text,
  consumerGroup: text,
  partition: text,
  receiver: text,
  role: t.keyof({ producer: null, consumer: null })
}

export const HubBody: t.Type<LocalHubOptions> = body('hub', {}, { partitions: count, consumerGroups: texts })

export const RestartBody: t.Type<RestartOptions> = body('restart', {}, { downMs: count, keepEvents: bool })

export const TruncateBody: t.Type<{ readonly before: number }> = body('truncate', { before: count }, {})

export const AppendBody: t.Type<{
  readonly events: ReadonlyArray<LocalEvent>
  readonly partitionId?: string
  readonly partitionKey?: string
}> = body('append', { events: t.array(event) }, { partitionId: text, partitionKey: text })

/** Whether point, action and error go together `inject` says itself. */
export const FaultBody: t.Type<FaultSwitch> = body(
  'fault',
  { on: text, do: text },
  { ...target, skip: count, times: count, delayMs: count, error }
)

export const StrikeBody: t.Type<Strike> = body(
  'strike',
  { do: t.keyof({ detach: null, 'close-connection': null, destroy: null }) },
  { ...target, times: count, delayMs: count, error }
)

/**
 * What delivers what, and when: the matrix of Stage Depot's notifications and subscriptions (stage-tech.github.io/stage-depot, development/event/notif-or-sub).
 *
 * | | unitary API | transaction API | outside (SQL) |
 * |---|---|---|---|
 * | subscriptions, `enableEvents` off | near real time | nothing | nothing |
 * | subscriptions, `enableEvents` on | suppressed | nothing | nothing |
 * | notifications, `enableEvents` off | nothing | transaction events, at once | nothing |
 * | notifications, `enableEvents` on | rows, deferred | transaction events at once, rows deferred | rows, deferred |
 *
 * Changes of the catalogue (tables, grants, policy objects) are ours to tell: no stream carries them, so nothing suppresses them.
 *
 * What is deferred comes by capture, whichever way the row was changed. With `combineRealTime` subscriptions and notifications are told both in real time and by capture.
 */
import type { Location } from './ChangeEventsDefinition.ts'

/** How a change came to our knowledge. */
export type Origin = 'unitary' | 'captured' | 'catalogue'

/** Who is told of a change. */
export interface Routes {
  readonly subscriptions: boolean
  readonly notifications: boolean
}

/** Its actions are never told to subscriptions, as in the reference. */
export const adminDataset = 'Admin'

export const routesOf = (
  origin: Origin,
  { enableEvents = false, combineRealTime = false }: Pick<Location, 'enableEvents' | 'combineRealTime'>,
  datasetId: string
): Routes => {
  const isAdmin = datasetId === adminDataset
  if (origin === 'catalogue') return { subscriptions: !isAdmin, notifications: true }
  const combined = enableEvents && combineRealTime
  const subscriptions = origin === 'unitary' ? !enableEvents || combined : combined
  const notifications = origin === 'unitary' ? combined : enableEvents
  return { subscriptions: subscriptions && !isAdmin, notifications }
}

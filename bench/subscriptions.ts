/** Who is told of a change: rules looked up by index against asking all of them. The full filter has the last word either way. */
import * as E from 'fp-ts/lib/Either.js'
import type { ObjectChange } from '../src/change-events/ObjectChange.ts'
import { matchesChange } from '../src/change-events/subscriptions/matchesChange.ts'
import type { RegisteredSubscription } from '../src/change-events/subscriptions/Subscription.ts'
import { readSubscription } from '../src/change-events/subscriptions/Subscription.ts'
import { createSubscriptionIndex } from '../src/change-events/subscriptions/SubscriptionIndex.ts'
import { microsecondsPer, report } from './Figure.ts'

const rules = 10_000

/** So many customers that one rule in a thousand is about a change. */
const customers = 1_000

const registered: ReadonlyArray<RegisteredSubscription> = Array.from({ length: rules }, (_, n) => {
  const filter = `customer.id == 'c${n % customers}' && status in ['NEW', 'PAID'] && amount > 100`
  const read = readSubscription(String(n), { schemas: ['Order'], operations: ['UPDATE'], filter }, {})
  if (E.isLeft(read)) throw new Error('not a rule')
  return read.right
})

const change: ObjectChange = {
  datasetId: 'sales',
  schema: 'Order',
  operation: 'UPDATE',
  id: '1',
  before: { id: '1', customer: { id: 'c7' }, status: 'NEW', amount: 50 },
  after: { id: '1', customer: { id: 'c7' }, status: 'PAID', amount: 150 }
}

const matches = (rule: RegisteredSubscription): boolean => {
  const found = matchesChange(rule, change)
  return E.isRight(found) && found.right
}

export const subscriptions = (): Promise<void> => {
  const index = createSubscriptionIndex()
  for (const rule of registered) index.add(rule)
  const counts = [index.candidates(change).filter(matches).length, registered.filter(matches).length]
  if (counts[0] !== rules / customers || counts[0] !== counts[1]) throw new Error(`found ${counts.join(' and ')}`)
  const indexed = microsecondsPer(2_000, () => void index.candidates(change).filter(matches))
  const scanned = microsecondsPer(10, () => void registered.filter(matches))
  report(
    'subscriptions, 10,000 rules of which 10 match',
    indexed,
    scanned,
    'us/change',
    `reference: asking all rules, which takes ${(scanned / indexed).toFixed(0)} times as long`
  )
  return Promise.resolve()
}

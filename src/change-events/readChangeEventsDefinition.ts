/** From YAML or JSON to a definition, or to its faults. */
import * as E from 'fp-ts/lib/Either.js'
import { parseDocument } from 'yaml'
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import { compact, isObject, ownField } from '../internal/objects.ts'
import type { InvalidInput } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'
import type { ChangeEventsDefinition, Dataset, Location } from './ChangeEventsDefinition.ts'
import { definitionFaults } from './ChangeEventsDefinition.ts'
import { defaultExpressionLimits } from './expression/ExpressionLimits.ts'
import type { Subscription } from './subscriptions/Subscription.ts'

/** Reads one field and remembers what is wrong with it. */
interface Reader {
  readonly faults: Array<Fault>
  readonly text: (path: string, u: unknown, needed?: boolean) => string | undefined
  readonly flag: (path: string, u: unknown) => boolean | undefined
  readonly block: <A>(path: string, u: unknown, read: (path: string, block: object) => A) => A | undefined
  readonly texts: (path: string, u: unknown) => ReadonlyArray<string> | undefined
  readonly list: <A>(path: string, u: unknown, read: (path: string, element: object) => A) => ReadonlyArray<A>
}

const createReader = (): Reader => {
  const faults: Array<Fault> = []
  const check = (path: string, holds: boolean, rule: string): boolean => {
    if (!holds) faults.push(fault(path, rule))
    return holds
  }
  const isAbsent = (u: unknown): boolean => u === undefined || u === null
  return {
    faults,
    text: (path, u, needed = false) => {
      if (typeof u === 'string' && u !== '') return u
      check(path, isAbsent(u) && !needed, needed ? 'must be given, as a text' : 'must be a text')
      return undefined
    },
    flag: (path, u) => {
      if (typeof u === 'boolean') return u
      check(path, isAbsent(u), 'must be true or false')
      return undefined
    },
    block: (path, u, read) => {
      if (isObject(u)) return read(path, u)
      check(path, isAbsent(u), 'must be an object')
      return undefined
    },
    texts: (path, u) => {
      if (Array.isArray(u) && u.every(each => typeof each === 'string')) return u
      check(path, isAbsent(u), 'must be a list of texts')
      return undefined
    },
    list: (path, u, read) => {
      if (isAbsent(u) || !check(path, Array.isArray(u), 'must be a list')) return []
      return (u as ReadonlyArray<unknown>).flatMap((element, index) => {
        const at = `${path}[${index}]`
        check(at, isObject(element), 'must be an object')
        return isObject(element) ? [read(at, element)] : []
      })
    }
  }
}

/** `topicArn`, the name that the reference gives it, means the same. */
const topicIn = (reader: Reader, path: string, block: object): string =>
  reader.text(`${path}.topic`, ownField(block, 'topic') ?? ownField(block, 'topicArn'), true) ?? ''

const readLocation =
  (reader: Reader) =>
  (path: string, u: object): Location =>
    compact({
      id: reader.text(`${path}.id`, ownField(u, 'id'), true) ?? '',
      enableEvents: reader.flag(`${path}.enableEvents`, ownField(u, 'enableEvents')),
      combineRealTime: reader.flag(`${path}.combineRealTime`, ownField(u, 'combineRealTime'))
    })

const readDataset =
  (reader: Reader) =>
  (path: string, u: object): Dataset =>
    compact({
      id: reader.text(`${path}.id`, ownField(u, 'id'), true) ?? '',
      location: reader.text(`${path}.location`, ownField(u, 'location')),
      subscriptions: reader.block(`${path}.subscriptions`, ownField(u, 'subscriptions'), readSubscriptions(reader)),
      notifications: reader.block(`${path}.notifications`, ownField(u, 'notifications'), (at, block) =>
        compact({
          enabled: reader.flag(`${at}.enabled`, ownField(block, 'enabled')),
          topic: topicIn(reader, at, block)
        })
      )
    })

const readSubscriptions =
  (reader: Reader) =>
  (path: string, u: object): NonNullable<Dataset['subscriptions']> =>
    compact({
      enabled: reader.flag(`${path}.enabled`, ownField(u, 'enabled')),
      topic: topicIn(reader, path, u),
      subscriptionsSchema: reader.text(`${path}.subscriptionsSchema`, ownField(u, 'subscriptionsSchema')),
      dynamicTopics: reader.texts(`${path}.dynamicTopics`, ownField(u, 'dynamicTopics')),
      // Each rule is read by the reader of rules, together with those that are written as objects.
      subscriptions: reader.list(
        `${path}.subscriptions`,
        ownField(u, 'subscriptions'),
        (_, rule) => rule as Subscription
      )
    })

/**
 * Reads a definition. All faults are reported; one with a fault is refused whole. Unknown fields are passed over, so that a dataset's other settings may stand beside these.
 *
 * **Errors**: InvalidInput, with every fault's path.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { describeError } from 'on-demand-sync'
 * import { readChangeEventsDefinition } from 'on-demand-sync/change-events'
 *
 * const text = `
 * datasets:
 *   - id: sales
 *     subscriptions: { topic: orders, subscriptions: [{ schemas: [Order], filter: amount > }] }
 * `
 * const read = readChangeEventsDefinition(text, 'changes.yaml')
 * if (E.isRight(read) || !describeError(read.left).includes('subscriptions[0].filter')) throw new Error('unexpected')
 * ```
 */
export const readChangeEventsDefinition = (
  text: string,
  name: string
): E.Either<InvalidInput, ChangeEventsDefinition> => {
  const refuse = (faults: ReadonlyArray<Fault>): E.Either<InvalidInput, never> =>
    E.left(SyncError.InvalidInput({ subject: name, faults }))
  const value = parse(text)
  if (!isObject(value) || ownField(value, 'datasets') === undefined)
    return refuse([fault('', 'must be YAML or JSON: an object with datasets')])
  const reader = createReader()
  const definition: ChangeEventsDefinition = compact({
    broadcast: reader.text('broadcast', ownField(value, 'broadcast')),
    locations: reader.list('locations', ownField(value, 'locations'), readLocation(reader)),
    datasets: reader.list('datasets', ownField(value, 'datasets'), readDataset(reader))
  })
  // Which topics there are is for the constructor to check.
  const faults = [...reader.faults, ...definitionFaults(definition, undefined, defaultExpressionLimits)]
  return faults.length > 0 ? refuse(faults) : E.right(definition)
}

const parse = (text: string): unknown => {
  try {
    const document = parseDocument(text, { uniqueKeys: true, version: '1.2', merge: false })
    return document.errors.length > 0 ? undefined : (document.toJS({ maxAliasCount: 100 }) as unknown)
  } catch {
    // Nested or aliased beyond all sense: no definition either.
    return undefined
  }
}

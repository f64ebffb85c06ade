/** Plans as text: made now, looked at by somebody, carried out later. */
import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { fault } from '../Fault.ts'
import { codecFaults } from '../internal/codecFaults.ts'
import { SyncError } from '../SyncError.ts'
import type { InvalidInput } from '../SyncError.ts'
import type { Plan } from './Plan.ts'
import { phases } from './Plan.ts'

const name = t.exact(t.intersection([t.type({ database: t.string }), t.partial({ schema: t.string, table: t.string })]))
const resource = t.exact(
  t.intersection([
    t.type({
      kind: t.string,
      name,
      columns: t.readonlyArray(t.exact(t.type({ name: t.string, dataType: t.string })))
    }),
    t.partial({ owner: t.string, managedAccess: t.boolean })
  ])
)
const change = t.type({ kind: t.string, direction: t.string, on: name })
const planCodec = t.exact(
  t.type({
    resources: t.readonlyArray(
      t.exact(
        t.intersection([
          t.type({ resource, notes: t.readonlyArray(t.string) }),
          t.partial({ blocked: t.type({ _tag: t.keyof(SyncError) }) })
        ])
      )
    ),
    steps: t.readonlyArray(
      t.exact(
        t.type({
          phase: t.keyof(Object.fromEntries(phases.map(phase => [phase, null]))),
          statement: t.string,
          on: name,
          changes: t.readonlyArray(change),
          resources: t.readonlyArray(t.string),
          needsAllNarrowed: t.boolean
        })
      )
    ),
    state: t.readonlyArray(
      t.exact(
        t.intersection([t.type({ resource, fingerprint: t.string }), t.partial({ reliesOn: t.readonlyArray(change) })])
      )
    )
  })
)
const format = 'on-demand-sync plan, version 1'
const fileCodec = t.exact(t.type({ format: t.literal(format), digest: t.string, plan: planCodec }))

const digestOf = (plan: unknown): string => createHash('sha256').update(JSON.stringify(plan)).digest('hex')

/**
 * A plan as JSON text. Holds names and statements, no secret and no row value.
 *
 * @example
 * ```ts
 * import { readPlan, toPromise, writePlan } from 'on-demand-sync'
 *
 * const text = writePlan({ resources: [], steps: [], state: [] })
 * const plan = readPlan(text)
 * if (plan._tag === 'Left') throw new Error('expected a plan')
 * ```
 */
export const writePlan = (plan: Plan): string => {
  // What lay underneath an error is for a debugger; it may quote values.
  const printed: unknown = JSON.parse(
    JSON.stringify(plan, (key, value: unknown) => (key === 'cause' ? undefined : value))
  )
  return `${JSON.stringify({ format, digest: digestOf(printed), plan: printed }, null, 2)}\n`
}

/**
 * Reads what {@link writePlan} wrote. A plan is safe in its own order only, so one that was edited is refused.
 *
 * **Errors**: InvalidInput with the faults.
 */
export const readPlan = (text: string): E.Either<InvalidInput, Plan> => {
  const refused = (path: string, rule: string) =>
    E.left(SyncError.InvalidInput({ subject: 'plan', faults: [fault(path, rule)] }))
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refused('', 'must be JSON, as `plan --out` writes it')
  }
  const faults = codecFaults(fileCodec, value).filter(
    ({ path }) => path.at(-3) !== 'changes' && path.at(-2) !== 'blocked'
  )
  if (faults.length > 0)
    return E.left(
      SyncError.InvalidInput({
        subject: 'plan',
        faults: faults.slice(0, 20).map(({ path, rule }) => fault(path.join('.'), rule))
      })
    )
  const { digest, plan } = value as { readonly digest: string; readonly plan: Plan }
  return digest === digestOf(plan)
    ? E.right(plan)
    : refused('digest', 'does not fit the plan: it was edited; plan again instead')
}

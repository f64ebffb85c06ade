/** What every {@link PolicySyncer} does. */
import assert from 'node:assert/strict'
import type { DesiredAccess } from '../../access/DesiredAccess.ts'
import type { Step } from '../../access/Plan.ts'
import type { StepResult } from '../../access/runPlan.ts'
import { everyone } from '../../access/Principal.ts'
import type { PolicySyncer } from '../../PolicySyncer.ts'
import { orThrow } from '../../Promises.ts'
import type { Resource } from '../../Resource.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { casesOver, withSkips } from './ContractCase.ts'

/** A syncer under test, over a database without grants of its own making. */
export interface PolicySyncerSubject {
  readonly syncer: PolicySyncer
  /** Two existing tables of one schema, each with a text column `C`; nobody has been granted anything on them. */
  readonly tables: readonly [Resource, Resource]
  /** Existing roles. The first two are managed in the suite; the third is a stranger's. */
  readonly roles: readonly [string, string, string]
  /** Grants SELECT on the first table to the third role, behind the syncer's back. */
  readonly grantToStranger: () => Promise<void>
  /** Whether a role may select from a table now. */
  readonly maySelect: (role: string, table: Resource) => Promise<boolean>
  readonly teardown?: () => Promise<void>
}

/** How the suite gets a syncer. */
export interface PolicySyncerHarness {
  readonly make: () => Promise<PolicySyncerSubject>
}

const signal = new AbortController().signal

/** Plans, applies, and answers the results and the steps that ran. */
const sync = async (syncer: PolicySyncer, desired: ReadonlyArray<DesiredAccess>) => {
  const plan = orThrow(await syncer.plan(desired, { signal })())
  const ran: Array<Step> = []
  const onStep = ({ step, error }: StepResult) => {
    if (error === undefined) ran.push(step)
  }
  const results = orThrow(await syncer.apply(plan, { signal, onStep })())
  return { plan, results: results.map(({ result }) => result), ran }
}

/**
 * The contract of `PolicySyncer`.
 *
 * @example
 * ```ts
 * import type { Resource } from 'on-demand-sync'
 * import { createMemoryPolicySyncer } from 'on-demand-sync'
 * import { policySyncerContract } from 'on-demand-sync/testing'
 *
 * const table = (name: string): Resource => ({ kind: 'table', name: { database: 'D', schema: 'S', table: name }, columns: [{ name: 'C', dataType: 'VARCHAR' }] })
 * const stranger = { privilege: 'SELECT', grantee: { type: 'role' as const, name: 'C' }, grantOption: false, changeable: true }
 * const make = async () => {
 *   const syncer = createMemoryPolicySyncer({ initial: [{ resource: table('T'), grants: [stranger], masks: [] }] })
 *   return {
 *     syncer, tables: [table('T'), table('U')] as const, roles: ['A', 'B', 'C'] as const, grantToStranger: async () => undefined,
 *     maySelect: async (role: string, on: Resource) => syncer.accessOf(on).grants.some(({ grantee }) => grantee.name === role)
 *   }
 * }
 * for (const { run } of policySyncerContract({ make })) await run()
 * ```
 */
export const policySyncerContract = (
  { make }: PolicySyncerHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> => {
  const withSubject = casesOver(make)
  const desiredOf = (
    { roles }: PolicySyncerSubject,
    resource: Resource,
    grantees: ReadonlyArray<string>,
    over: Partial<DesiredAccess> = {}
  ): DesiredAccess => ({
    resource,
    grants: grantees.map(name => ({ privilege: 'SELECT', grantee: { type: 'role', name }, grantOption: false })),
    masks: [],
    managed: { roles: [roles[0], roles[1]], users: [] },
    notes: [],
    ...over
  })
  return withSkips(
    [
      withSubject('changes nothing by planning', async subject => {
        const { syncer, tables, roles, maySelect } = subject
        const plan = orThrow(await syncer.plan([desiredOf(subject, tables[0], [roles[0]])], { signal })())
        assert.ok(plan.steps.length > 0)
        assert.equal(await maySelect(roles[0], tables[0]), false)
      }),
      withSubject('applies a plan, and then finds nothing to do', async subject => {
        const { syncer, tables, roles, maySelect } = subject
        const desired = [desiredOf(subject, tables[0], [roles[0]]), desiredOf(subject, tables[1], [roles[1]])]
        assert.deepEqual((await sync(syncer, desired)).results, ['applied', 'applied'])
        assert.equal(await maySelect(roles[0], tables[0]), true)
        assert.equal(await maySelect(roles[1], tables[0]), false)
        const second = await sync(syncer, desired)
        assert.deepEqual(second.plan.steps, [])
        assert.deepEqual(second.results, ['unchanged', 'unchanged'])
      }),
      withSubject('takes away what is no longer desired, from managed principals', async subject => {
        const { syncer, tables, roles, maySelect } = subject
        await sync(syncer, [desiredOf(subject, tables[0], [roles[0], roles[1]])])
        await sync(syncer, [desiredOf(subject, tables[0], [roles[1]])])
        assert.equal(await maySelect(roles[0], tables[0]), false)
        assert.equal(await maySelect(roles[1], tables[0]), true)
      }),
      withSubject('leaves the grants of others alone', async subject => {
        const { syncer, tables, roles, grantToStranger, maySelect } = subject
        await grantToStranger()
        await sync(syncer, [desiredOf(subject, tables[0], [roles[0]])])
        await sync(syncer, [desiredOf(subject, tables[0], [])])
        assert.equal(await maySelect(roles[2], tables[0]), true)
      }),
      withSubject('never grants to others, even when asked to', async subject => {
        const { syncer, tables, roles, maySelect } = subject
        await sync(syncer, [desiredOf(subject, tables[1], [roles[2]])])
        assert.equal(await maySelect(roles[2], tables[1]), false)
      }),
      withSubject('puts masks and filters on before the grant that needs them', async subject => {
        const { syncer, tables, roles } = subject
        const masks: DesiredAccess['masks'] = [
          { column: 'C', rules: [{ who: everyone, mask: { kind: 'null' } }], otherwise: { kind: 'null' } }
        ]
        const rowFilter: NonNullable<DesiredAccess['rowFilter']> = {
          rules: [{ who: everyone, where: "C = 'x'" }],
          otherwise: 'no rows'
        }
        const { ran, results } = await sync(syncer, [desiredOf(subject, tables[0], [roles[0]], { masks, rowFilter })])
        assert.deepEqual(results, ['applied'])
        const at = (kind: string) => ran.findIndex(({ changes }) => changes.some(change => change.kind === kind))
        assert.ok(at('set mask') >= 0 && at('set mask') < at('grant'))
        assert.ok(at('set filter') >= 0 && at('set filter') < at('grant'))
        assert.deepEqual(
          (await sync(syncer, [desiredOf(subject, tables[0], [roles[0]], { masks, rowFilter })])).plan.steps,
          []
        )
      }),
      withSubject('answers Aborted, not with half a result', async subject => {
        const { syncer, tables, roles, maySelect } = subject
        const plan = orThrow(await syncer.plan([desiredOf(subject, tables[0], [roles[0]])], { signal })())
        const result = await syncer.apply(plan, { signal: AbortSignal.abort() })()
        assert.equal(result._tag === 'Left' && result.left._tag, 'Aborted')
        assert.equal(await maySelect(roles[0], tables[0]), false)
      })
    ],
    options
  )
}

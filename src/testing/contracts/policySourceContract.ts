/** What every {@link PolicySource} does. */
import assert from 'node:assert/strict'
import { isManaged } from '../../access/diffAccess.ts'
import { systemRoles } from '../../access/Principal.ts'
import type { PolicySource } from '../../PolicySource.ts'
import { orThrow } from '../../Promises.ts'
import type { Resource } from '../../Resource.ts'
import { isRelation, resourceKey } from '../../Resource.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { withSkips } from './ContractCase.ts'

/** How the suite gets a source, and the resources its policies are asked about: some they govern, some not. */
export interface PolicySourceHarness {
  readonly make: () => Promise<{
    readonly source: PolicySource
    readonly resources: ReadonlyArray<Resource>
    readonly teardown?: () => Promise<void>
  }>
}

/**
 * The contract of `PolicySource`.
 *
 * @example
 * ```ts
 * import { createMemoryPolicySource } from 'on-demand-sync'
 * import { policySourceContract } from 'on-demand-sync/testing'
 *
 * const source = createMemoryPolicySource(resource => ({ resource, grants: [], masks: [], managed: { roles: ['R'], users: [] }, notes: [] }))
 * const resources = [{ kind: 'database' as const, name: { database: 'D' }, columns: [] }]
 * for (const { run } of policySourceContract({ make: async () => ({ source, resources }) })) await run()
 * ```
 */
export const policySourceContract = (
  { make }: PolicySourceHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> => {
  const signal = new AbortController().signal
  const withSource = (
    name: string,
    check: (source: PolicySource, resources: ReadonlyArray<Resource>) => Promise<void>
  ): ContractCase => ({
    name,
    run: async () => {
      const { source, resources, teardown } = await make()
      try {
        await check(source, resources)
      } finally {
        await teardown?.()
      }
    }
  })
  return withSkips(
    [
      withSource('answers for every resource, in the order given', async (source, resources) => {
        for (const asked of [resources, [...resources].reverse(), []]) {
          const desired = orThrow(await source.accessFor(asked, { signal })())
          assert.deepEqual(
            desired.map(({ resource }) => resourceKey(resource.name)),
            asked.map(({ name }) => resourceKey(name))
          )
        }
      }),
      withSource('says the same of a resource, alone or among others', async (source, resources) => {
        const together = orThrow(await source.accessFor(resources, { signal })())
        for (const [index, resource] of resources.entries())
          assert.deepEqual(orThrow(await source.accessFor([resource], { signal })()), [together[index]])
      }),
      withSource(
        'grants to managed principals only, never OWNERSHIP, never to system roles',
        async (source, resources) => {
          for (const { grants, managed } of orThrow(await source.accessFor(resources, { signal })())) {
            const ours = isManaged(managed)
            for (const { grantee, privilege } of grants) {
              assert.equal(ours(grantee), true, `${grantee.name} is outside the managed set`)
              assert.equal(systemRoles.has(grantee.name), false)
              assert.notEqual(privilege, 'OWNERSHIP')
            }
          }
        }
      ),
      withSource('masks columns that exist, each once; filters relations only', async (source, resources) => {
        for (const { resource, masks, rowFilter } of orThrow(await source.accessFor(resources, { signal })())) {
          const columns = new Set(resource.columns.map(({ name }) => name))
          const masked = masks.map(({ column }) => column)
          assert.equal(new Set(masked).size, masked.length)
          for (const column of masked) assert.equal(columns.has(column), true, `column ${column} does not exist`)
          assert.ok(rowFilter === undefined || isRelation(resource.kind))
        }
      })
    ],
    options
  )
}

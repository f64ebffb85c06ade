/** So that the audit says why nothing has changed although the policies did. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PolicySource } from '../../../PolicySource.ts'
import { describeDoubt } from './doubtsOf.ts'
import type { RangerSource } from './RangerSource.ts'

/**
 * Policies of a source of snapshots, with a note in each answer while a newer snapshot is held back: `newer policies are held back: no policies`. Notes are in the audit record of every event.
 *
 * **When to use**: around `createRangerPolicySource`, over the same source.
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs'
 * import { toPromise } from 'on-demand-sync'
 * import { createRangerFileSource, createRangerPolicySource, snowflakeServiceDef, withHeldNotes } from 'on-demand-sync/policies'
 *
 * const path = `${mkdtempSync('/tmp/ranger-')}/policies.json`
 * const write = (version: number, policies: ReadonlyArray<object>) =>
 *   writeFileSync(path, JSON.stringify({ serviceName: 'sf', policyVersion: version, serviceDef: snowflakeServiceDef, policies }))
 * write(1, [{ id: 1, resources: { database: { values: ['HR'] } }, policyItems: [] }])
 * const source = createRangerFileSource({ policies: path })
 * const policies = withHeldNotes(createRangerPolicySource({ source, managed: { roles: [], users: [] } }), source)
 * await toPromise(source.look())
 * write(2, [])
 * await toPromise(source.look())
 *
 * const hr = { kind: 'database' as const, name: { database: 'HR' }, columns: [] }
 * const [access] = await toPromise(policies.accessFor([hr], { signal: new AbortController().signal }))
 * if (access?.notes[0] !== 'newer policies are held back: no policies') throw new Error('unexpected')
 * ```
 */
export const withHeldNotes = (policies: PolicySource, source: Pick<RangerSource, 'held'>): PolicySource => ({
  accessFor: (resources, options) =>
    pipe(
      policies.accessFor(resources, options),
      TE.map(answers => {
        const held = source.held()
        if (held === undefined) return answers
        const note = `newer policies are held back: ${held.doubts.map(describeDoubt).join(', ')}`
        return answers.map(access => ({ ...access, notes: [...access.notes, note] }))
      })
    )
})

/** What each statement took. That plans run in a safe order is held in safeOrder.test.ts and by the contract of syncers. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Plan, ResourceName, Step, StepResult } from 'on-demand-sync'
import { runPlan, SyncError } from 'on-demand-sync'
import { it } from 'vitest'
import { resourceKey } from '../../src/Resource.ts'

const name = { database: 'D', schema: 'S', table: 'T' }
const grantee = { type: 'role' as const, name: 'R' }
const step = (statement: string, phase: Step['phase'], changes: Step['changes'] = []): Step => ({
  ...{ phase, statement, on: name, changes, resources: [resourceKey(name)], needsAllNarrowed: false }
})
const grant = (privilege: string) =>
  step(`grant ${privilege}`, 'widen', [
    { kind: 'grant', direction: 'widen', on: name, grantee, privilege, grantOption: false }
  ])
const plan: Plan = {
  resources: [{ resource: { kind: 'table', name, columns: [] }, notes: [] }],
  steps: [step('slow', 'narrow'), grant('SELECT'), grant('INSERT'), step('refused', 'tidy')],
  state: []
}

it('tells how long each statement took; of those that went together, how long they took together', async ({
  expect
}) => {
  let now = 1_000
  const taking = <A>(ms: number, answer: A): A => {
    now += ms
    return answer
  }
  const refused = TE.left(SyncError.Unavailable({ service: 'snowflake', operation: 'DROP' }))
  const told: Array<StepResult> = []
  await runPlan(
    plan,
    {
      run: ({ statement }) => (statement === 'refused' ? taking(7, refused) : taking(300, TE.right(undefined))),
      runTogether: () => taking(50, TE.right(undefined))
    },
    {
      ...{ signal: new AbortController().signal, concurrency: 1 },
      ...{ onStep: result => told.push(result), clock: { now: () => now } }
    }
  )()
  expect(told.map(({ step: { statement }, durationMs, error }) => [statement, durationMs, error?._tag])).toEqual([
    ['slow', 300, undefined],
    ['grant SELECT', 50, undefined],
    ['grant INSERT', 50, undefined],
    ['refused', 7, 'Unavailable']
  ])
})

it('holds back what lies in a database or schema that could not be narrowed, and nothing else', async ({ expect }) => {
  const elsewhere = { database: 'E', schema: 'S', table: 'T' }
  const on = (target: ResourceName, statement: string, phase: Step['phase']): Step => ({
    ...step(statement, phase),
    ...{ on: target, resources: [resourceKey(target)] }
  })
  const widened: Array<string> = []
  const results = await runPlan(
    {
      resources: [{ database: 'D' }, name, elsewhere].map(each => ({
        ...{ resource: { kind: each === name ? 'table' : 'database', name: each, columns: [] }, notes: [] }
      })),
      steps: [on({ database: 'D' }, 'revoke', 'narrow'), on(name, 'one', 'widen'), on(elsewhere, 'other', 'widen')],
      state: []
    },
    {
      run: ({ statement }) => {
        if (statement === 'revoke') return TE.left(SyncError.NotAuthorized({ operation: '', object: '', needs: [] }))
        widened.push(statement)
        return TE.right(undefined)
      }
    },
    { signal: new AbortController().signal, concurrency: 1 }
  )()
  expect(widened).toEqual(['other'])
  expect(results).toMatchObject({
    right: [{ error: { _tag: 'NotAuthorized' } }, { error: { _tag: 'HeldBack' } }, { result: 'applied' }]
  })
})

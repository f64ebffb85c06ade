/** The loop: from catalogue and access changes to those who are told, and back to sync requests; and a pipeline that all of this must not touch. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { AuditRecord, Change, Resource } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  ResourceResolver,
  SyncError
} from 'on-demand-sync'
import type { ChangeTopic, ObjectChange, Told } from 'on-demand-sync/change-events'
import {
  createCatalogueWatch,
  createChangeEvents,
  createFileCatalogueMemory,
  createMemoryDeadLetters,
  createMemoryTopic,
  createSyncRequestTopic,
  followSync,
  referencesOfMessage
} from 'on-demand-sync/change-events'
import { createSyncRequest, payloadCodec, ResourceReference } from 'on-demand-sync/payload'
import type { SyncRequest } from 'on-demand-sync/payload'
import { createManualClock, settled } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'
import { accessChange, policyChange } from '../../src/change-events/loop/CatalogueChange.ts'

const table = (name: string, columns: ReadonlyArray<string> = ['ID']): Resource => ({
  kind: 'table',
  name: { database: 'D', schema: 'S', table: name },
  columns: columns.map(column => ({ name: column, dataType: 'NUMBER(38,0)' }))
})
const schema: Resource = { kind: 'schema', name: { database: 'D', schema: 'S' }, columns: [] }
const watched = [{ type: 'schema', values: { database: 'D', schema: 'S' } }] as const

describe('a catalogue watch', () => {
  const setUp = (over: Partial<Parameters<typeof createCatalogueWatch>[0]> = {}) => {
    let catalogue: ReadonlyArray<Resource> = [schema, table('A')]
    let end: Told = 'told'
    const told: Array<ObjectChange> = []
    const watch = createCatalogueWatch({
      resolver: {
        resolve: (references, options) => createMemoryResourceResolver(catalogue).resolve(references, options)
      },
      watch: watched,
      events: {
        catalogueChanged: change => {
          told.push(change)
          return Promise.resolve(end)
        }
      },
      ...over
    })
    const briefly = () => told.splice(0).map(({ operation, schema: of, id }) => `${operation} ${of} ${id}`)
    return {
      watch,
      told,
      briefly,
      now: (resources: ReadonlyArray<Resource>) => (catalogue = resources),
      ends: (with_: Told) => (end = with_)
    }
  }

  it('looks first, and then tells what came, changed and went', async () => {
    const { watch, briefly, now } = setUp()
    expect(await watch.poll()()).toEqual({ _tag: 'Right', right: 0 })
    now([schema, table('A', ['ID', 'SALARY']), table('B')])
    await watch.poll()()
    expect(briefly()).toEqual(['UPDATE Table D.S.A', 'CREATE Table D.S.B'])
    now([schema, table('B')])
    await watch.poll()()
    expect(briefly()).toEqual(['DELETE Table D.S.A'])
    await watch.poll()()
    expect(briefly()).toEqual([])
  })

  it('tells again, under the same id, what could not be told; and another coming under another', async () => {
    const { watch, told, now, ends } = setUp()
    await watch.poll()()
    now([schema, table('A'), table('B')])
    ends('lost')
    expect(await watch.poll()()).toMatchObject({ _tag: 'Left' })
    ends('told')
    await watch.poll()()
    expect(told.map(({ operation }) => operation)).toEqual(['CREATE', 'CREATE'])
    expect(told[0]?.eventId).toBe(told[1]?.eventId)
    now([schema, table('A')])
    await watch.poll()()
    now([schema, table('A'), table('B')])
    await watch.poll()()
    expect(new Set(told.map(({ eventId }) => eventId)).size).toBe(3)
  })

  it('takes an outage for an outage, not for the end of everything', async () => {
    const { watch, briefly } = setUp({
      resolver: ResourceResolver.fromAsync({ lookUp: () => Promise.reject(new Error('away')) })
    })
    expect(await watch.poll()()).toMatchObject({ _tag: 'Left' })
    expect(briefly()).toEqual([])
  })

  it('remembers across restarts, where it is given a memory', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'catalogue-')), 'seen.json')
    const memory = createFileCatalogueMemory({ path })
    await setUp({ memory }).watch.poll()()
    const { watch, briefly, now } = setUp({ memory })
    now([schema, table('A'), table('B')])
    await watch.poll()()
    expect(briefly()).toEqual(['CREATE Table D.S.B'])
  })

  it('polls on a schedule, and goes on after a failure', async () => {
    const clock = createManualClock()
    const failures: Array<SyncError> = []
    const { watch } = setUp({
      resolver: ResourceResolver.fromAsync({ lookUp: () => Promise.reject(new Error('away')) }),
      clock,
      periodMs: 60_000,
      onFailure: error => void failures.push(error)
    })
    watch.start()
    await settled()
    await clock.advance(120_000)
    expect(failures).toHaveLength(3)
    await watch.stop()
    expect(clock.timers()).toBe(0)
  })
})

describe('a topic of sync requests', () => {
  it('asks for what the message names', () => {
    const of = (body: object) => referencesOfMessage({ body })
    const names = { database: 'D', schema: 'S', table: 'T' }
    expect(of({ after: names })).toEqual([ResourceReference.table('D', 'S', 'T')])
    expect(of({ after: { ...names, kind: 'materialized view' } })).toEqual([ResourceReference.view('D', 'S', 'T')])
    expect(of({ after: { ...names, table: null } })).toEqual([ResourceReference.schema('D', 'S')])
    expect(of({ after: { database: 'D' } })).toEqual([ResourceReference.database('D')])
    expect(of({ before: names })).toEqual([])
    const resources = [ResourceReference.column('D', 'S', 'T', 'C'), { type: 'nonsense' }]
    expect(of({ after: { id: '1' }, context: { resources } })).toEqual([ResourceReference.column('D', 'S', 'T', 'C')])
  })

  it('turns a captured row into a request, by rule, once for every delivery', async () => {
    const requests: Array<SyncRequest> = []
    let failures = 1
    const clock = createManualClock()
    const sync = createSyncRequestTopic({
      submit: request => {
        requests.push(request)
        failures -= 1
        return failures >= 0
          ? TE.left(SyncError.Unavailable({ service: 'hub', operation: 'send' }))
          : TE.right(undefined)
      }
    })
    const resources = [ResourceReference.table('HR', 'PUBLIC', 'EMPLOYEES')]
    const events = createChangeEvents({
      definition: {
        locations: [{ id: 'w', enableEvents: true, combineRealTime: true }],
        datasets: [
          {
            id: 'hr',
            location: 'w',
            subscriptions: {
              topic: 'sync',
              subscriptions: [{ schemas: ['Consent'], filter: 'given == false', context: { resources } }]
            }
          }
        ]
      },
      topics: { sync },
      clock
    })
    const told = events.captured([
      {
        datasetId: 'hr',
        schema: 'Consent',
        operation: 'UPDATE',
        id: '1',
        before: { given: true },
        after: { given: false }
      },
      { datasetId: 'hr', schema: 'Consent', operation: 'CREATE', id: '2', after: { given: true } }
    ])
    await clock.advance(10_000)
    expect(await told).toEqual(['told', 'told'])
    expect(requests).toHaveLength(2)
    expect(requests[0]).toEqual(requests[1])
    expect(requests[0]?.requestInfo.resources).toEqual(resources)
    expect(payloadCodec.encode(requests[0]!)._tag).toBe('Right')
  })
})

describe('changes of access', () => {
  const on = { database: 'D', schema: 'S', table: 'T' }
  const told = (change: Change) => {
    const { operation, schema: of, id, before, after } = accessChange('D', change, 'now')
    return [operation, of, id, before?.['policy'], after?.['policy']]
  }

  it('are told with before and after', () => {
    const mask = { column: 'C', columns: ['C'], on, policy: 'NEW', direction: 'narrow' } as const
    expect(told({ kind: 'set mask', ...mask })).toEqual(['CREATE', 'ColumnMask', 'D.S.T.C', undefined, 'NEW'])
    expect(told({ kind: 'set mask', ...mask, replaces: 'OLD' })).toEqual([
      'UPDATE',
      'ColumnMask',
      'D.S.T.C',
      'OLD',
      'NEW'
    ])
    expect(told({ kind: 'unset mask', ...mask })).toEqual(['DELETE', 'ColumnMask', 'D.S.T.C', 'NEW', undefined])
    const filter = { columns: ['C'], on, policy: 'NEW', direction: 'narrow' } as const
    expect(told({ kind: 'set filter', ...filter, replaces: 'OLD' })).toEqual([
      'UPDATE',
      'RowFilter',
      'D.S.T',
      'OLD',
      'NEW'
    ])
    expect(told({ kind: 'drop filter', ...filter })).toEqual(['DELETE', 'RowFilter', 'D.S.T', 'NEW', undefined])
  })

  it('tell of policy objects that come and go, and of no other statement', () => {
    const step = (phase: 'prepare' | 'narrow' | 'tidy', statement: string) =>
      policyChange('D', { phase, statement }, 'now')
    const id = '"G"."P"."a ""b"""'
    const create = `CREATE MASKING POLICY IF NOT EXISTS ${id} AS ("VAL" VARCHAR) RETURNS VARCHAR -> NULL`
    expect(step('prepare', create)).toMatchObject({
      schema: 'Policy',
      operation: 'CREATE',
      id,
      after: { kind: 'masking policy', statement: create }
    })
    expect(step('tidy', `DROP ROW ACCESS POLICY IF EXISTS ${id}`)).toMatchObject({
      operation: 'DELETE',
      before: { id, kind: 'row access policy' }
    })
    expect(step('narrow', create)).toBeUndefined()
    expect(step('prepare', 'SELECT 1')).toBeUndefined()
  })

  it('name grants and what became of them', () => {
    const grant = { on, privilege: 'SELECT', grantOption: false, direction: 'widen' } as const
    const to = { type: 'role', name: 'R' } as const
    const one = accessChange('D', { kind: 'grant', grantee: to, ...grant }, 'now')
    expect([one.operation, one.id]).toEqual(['CREATE', 'SELECT on D.S.T to role R'])
    expect(accessChange('D', { kind: 'revoke', grantee: to, ...grant }, 'now').operation).toBe('DELETE')
    const less = accessChange('D', { kind: 'revoke grant option', grantee: to, ...grant }, 'now')
    expect([less.before?.['grantOption'], less.after?.['grantOption']]).toEqual([true, false])
  })
})

describe('a pipeline that is followed', () => {
  const bodyOf = (n: number): string => {
    const body = payloadCodec.encode(
      createSyncRequest({ id: `t${n}`, resources: [ResourceReference.table('D', 'S', 'A')] })
    )
    return body._tag === 'Right' ? body.right : ''
  }

  const runAll = async (tasks: number, topics: Readonly<Record<string, ChangeTopic>>) => {
    const audit = createMemoryAuditSink()
    const deadLetters = createMemoryDeadLetters()
    const rules = [
      { topic: 'dead' },
      { topic: 'slow' },
      { filter: '(x >= 0 && y >= 0 for all x of many) for all y of many' },
      { filter: 'missing == 1' }
    ]
    const clock = createManualClock()
    const events = createChangeEvents({
      definition: {
        datasets: [
          { id: 'D', subscriptions: { topic: 'good', subscriptions: rules }, notifications: { topic: 'good' } }
        ]
      },
      topics,
      deadLetters,
      clock,
      delivery: { maxAttempts: 2, timeoutMs: 1_000 }
    })
    const sync = createOnDemandSync({
      source: createMemoryEventSource(Array.from({ length: tasks }, (_, n) => bodyOf(n))),
      resolver: createMemoryResourceResolver([schema, table('A')]),
      policies: createMemoryPolicySource(resource => ({
        resource,
        grants: [],
        masks: [],
        managed: { roles: [], users: [] },
        notes: []
      })),
      syncer: createMemoryPolicySyncer(),
      audit
    })
    followSync({ sync, events, clock })
    const after = { many: Array.from({ length: 1_000 }, (_, n) => n) }
    sync.on(({ type }) => {
      if (type === 'task')
        void events.catalogueChanged({ datasetId: 'D', schema: 'Table', operation: 'CREATE', id: 'x', after })
    })
    await sync.start()
    await sync.done
    return { records: audit.records(), events, deadLetters, clock }
  }

  const topicsOf = () => ({
    good: createMemoryTopic('good'),
    dead: {
      name: 'dead',
      publish: () => TE.left(SyncError.TopicFailed({ topic: 'dead', detail: 'gone', retryable: true }))
    },
    slow: { name: 'slow', publish: () => () => new Promise<never>(() => undefined) }
  })

  it('is neither stopped nor slowed by a dead topic, a slow topic and poisonous rules; each ends in dead letters', async () => {
    const topics = topicsOf()
    const { records, events, deadLetters, clock } = await runAll(100, topics)
    // The pipeline is done, although nobody has moved the clock that every retry and deadline of the topics waits for.
    expect(records.map(({ status }: AuditRecord) => status)).toEqual(
      Array.from({ length: 100 }, () => records[0]?.status)
    )
    expect(records[0]?.status).not.toBe('FAILED')
    await settled()
    await clock.advance(600_000)
    await events.stop()
    const reasons = new Set(
      deadLetters
        .letters()
        .map(letter => `${letter.type === 'message' ? letter.topic : letter.subscription}: ${letter.reason}`)
    )
    expect([...reasons].sort()).toEqual(
      expect.arrayContaining([
        'dead: topic dead failed: gone',
        'slow: publishing to slow did not finish within 1000 ms',
        'static 2: the expression exceeds maxSteps, which is 100000',
        'static 3: the name missing is not defined'
      ])
    )
    const told = topics.good.messages().map(({ attributes }) => attributes['status'])
    expect(told.filter(status => status === 'STARTED')).toHaveLength(100)
    expect(told.filter(status => status === 'SUCCESS')).toHaveLength(100)
  })
})

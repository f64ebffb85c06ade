/** What is published, and what is expected of it. */
import type { Status } from 'on-demand-sync'
import { createSyncRequest, payloadCodec, ResourceReference } from 'on-demand-sync/payload'

/** One event of the demo. */
export interface DemoEvent {
  /** The task's id; undefined where the body has none to read. */
  readonly id: string | undefined
  readonly body: string
  readonly expected: Status
  /** What the reason must say, for FAILED and SKIPPED. */
  readonly because?: string
}

const { database, schema, table, view, column } = ResourceReference

const request = (id: string, ...resources: ReadonlyArray<ResourceReference>): string => {
  const encoded = payloadCodec.encode(createSyncRequest({ id, resources, source: 'DEMO' }))
  if (encoded._tag === 'Left') throw new Error(`request ${id} was refused`)
  return encoded.right
}

/** All five types, many at once, a duplicate, and everything that can be wrong with an event. */
export const demoEvents = (): ReadonlyArray<DemoEvent> => {
  const duplicate = request('duplicate', table('SALES', 'PUBLIC', 'ORDERS'))
  return [
    { id: 'table', body: request('table', table('SALES', 'PUBLIC', 'ORDERS')), expected: 'SUCCESS' },
    { id: 'view', body: request('view', view('SALES', 'PUBLIC', 'ORDERS_EU')), expected: 'SUCCESS' },
    { id: 'column', body: request('column', column('HR', 'PUBLIC', 'EMPLOYEES', 'SALARY')), expected: 'SUCCESS' },
    { id: 'schema', body: request('schema', schema('SALES', 'Mixed Case')), expected: 'SUCCESS' },
    {
      id: 'many',
      body: request(
        'many',
        table('SALES', 'PUBLIC', 'CUSTOMERS'),
        table('SALES', 'PUBLIC', 'order items'),
        table('HR', 'PUBLIC', 'REVIEWS'),
        view('HR', 'PUBLIC', 'EMPLOYEE_NAMES')
      ),
      expected: 'SUCCESS'
    },
    { id: 'duplicate', body: duplicate, expected: 'SUCCESS' },
    { id: 'duplicate', body: duplicate, expected: 'SUCCESS' },
    { id: undefined, body: '{"id": "malformed", ', expected: 'SKIPPED', because: 'must be JSON' },
    {
      id: 'warehouse',
      body: request('warehouse', database('SALES')).replace('"type":"database"', '"type":"warehouse"'),
      expected: 'SKIPPED',
      because: 'must be one of database, schema, table, view, column'
    },
    {
      id: 'foreign',
      body: request('foreign', database('SALES')).replace('SNOWFLAKE', 'REDSHIFT'),
      expected: 'SKIPPED',
      because: 'appSubType'
    },
    {
      id: 'missing',
      body: request('missing', table('SALES', 'PUBLIC', 'NOT_THERE')),
      expected: 'SKIPPED',
      because: 'does not exist'
    },
    {
      id: 'unprivileged',
      body: request('unprivileged', table('HR', 'PUBLIC', 'LEDGER')),
      expected: 'FAILED',
      because: 'needs APPLY ROW ACCESS POLICY on the account'
    },
    { id: 'database', body: request('database', database('SALES')), expected: 'SUCCESS' }
  ]
}

/**
 * Promise 6, over everything that is sent: whatever databases, schemas, tables, columns, roles and users are called, the statements of a sync are those of plain names, with the names
 * as whole quoted identifiers, or as whole texts where a text is meant. HOSTILE_NAMES sets how many names are tried.
 */
import * as TE from 'fp-ts/lib/TaskEither.js'
import fc from 'fast-check'
import type { DesiredAccess, Resource } from 'on-demand-sync'
import { orThrow, ResourceReference } from 'on-demand-sync'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { expect, it } from 'vitest'
import { tokenize } from '../../src/testing/local-snowflake/sql/tokenize.ts'
import { storedName } from '../arbitrary/syncRequest.ts'

const names = Number(process.env['HOSTILE_NAMES'] ?? 6_000)
const perRun = 6
const signal = new AbortController().signal
const { schema, ...home } = { database: 'GOV "1"', schema: "it's" }

/** Answers every read with nothing, and keeps what it was asked. */
const recorder = () => {
  const statements: Array<string> = []
  const client: SnowflakeClient = {
    role: undefined,
    query: ({ sql }) => {
      statements.push(sql)
      return TE.right([])
    },
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve()
  }
  return { client, statements }
}

type Names = readonly [database: string, schema: string, table: string, column: string, role: string, user: string]

/** All statements that a sync of such names sends: looking them up, and making them agree with a grant, a mask and a filter each. */
const statementsFor = async ([database, schemaName, table, column, role, user]: Names): Promise<
  ReadonlyArray<string>
> => {
  const { client, statements } = recorder()
  const resolver = createSnowflakeResolver({ client })
  const references = [
    ResourceReference.table(database, schemaName, table),
    ResourceReference.schema(database, schemaName),
    ResourceReference.database(database)
  ]
  for await (const chunk of resolver.resolve(references, { signal })) expect(chunk.length).toBeGreaterThan(0)
  const relation = (kind: 'table' | 'view'): Resource => ({
    kind,
    name: { database, schema: schemaName, table: kind === 'table' ? table : role },
    columns: [{ name: column, dataType: 'VARCHAR(16777216)' }]
  })
  const desired = (['table', 'view'] as const).map((kind): DesiredAccess => ({
    resource: relation(kind),
    grants: [
      { privilege: 'SELECT', grantee: { type: 'role', name: role }, grantOption: false },
      { privilege: 'SELECT', grantee: { type: 'user', name: user }, grantOption: false }
    ],
    masks: [
      {
        column,
        rules: [
          {
            who: { anyOf: [{ type: 'role', name: role }], noneOf: [{ type: 'user', name: user }] },
            mask: { kind: 'hash' }
          }
        ],
        otherwise: { kind: 'null' }
      }
    ],
    rowFilter: {
      rules: [{ who: { anyOf: [{ type: 'role', name: role }], noneOf: [] }, where: '1 = 1' }],
      otherwise: 'no rows'
    },
    managed: { roles: ['*'], users: ['*'] },
    notes: []
  }))
  const syncer = createSnowflakeSyncer({ client, policySchema: { ...home, schema } })
  const plan = orThrow(await syncer.plan(desired, { signal })())
  orThrow(await syncer.apply(plan, { signal })())
  return [...statements, ...plan.steps.map(({ statement }) => statement)]
}

/** A statement without its names and texts, and those by themselves. Names of policies are hashes of what they hold. */
const anatomy = (sql: string) => {
  const tokens = tokenize(sql)
  const isName = (kind: string) => kind === 'quoted' || kind === 'string'
  const skeleton = tokens.map(({ kind, value }) => (isName(kind) ? `<${kind}>` : value)).join(' ')
  return { skeleton, names: tokens.filter(({ kind }) => isName(kind)).map(({ value }) => value) }
}

it('names never become anything else', { timeout: 600_000 }, async () => {
  const plain = (await statementsFor(['D', 'S', 'T', 'C', 'R', 'U'])).map(anatomy)
  expect(plain.length).toBeGreaterThan(15)
  await fc.assert(
    fc.asyncProperty(fc.tuple(storedName, storedName, storedName, storedName, storedName, storedName), async given => {
      fc.pre(new Set(given).size === given.length)
      const found = (await statementsFor(given)).map(anatomy)
      expect(found.map(({ skeleton }) => skeleton).sort()).toEqual(plain.map(({ skeleton }) => skeleton).sort())
      const seen = new Set(found.flatMap(each => each.names))
      for (const name of given) expect(seen.has(name)).toBe(true)
    }),
    { numRuns: Math.ceil(names / perRun), examples: [[['"', "'", '\\', '--', '$$', ';']]] }
  )
})

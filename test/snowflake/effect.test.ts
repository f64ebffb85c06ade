/** What people really see: they query over the driver with their own roles, and the local server enforces. */
import { orThrow } from 'on-demand-sync'
import { compilePolicyDocument, readPolicyDocument } from 'on-demand-sync/policies'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import type { Resource, ResourceReference as Reference } from 'on-demand-sync'
import { describeError, ResourceReference } from 'on-demand-sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema, startConnectorAccount } from './connectorAccount.ts'

const seed = `
CREATE ROLE ANALYST; CREATE ROLE INTERN; CREATE ROLE BOSS; CREATE ROLE NOBODY;
GRANT ROLE ANALYST TO ROLE BOSS;
CREATE DATABASE SHOP;
CREATE TABLE SHOP.PUBLIC.PEOPLE (ID NUMBER(5,0), NAME VARCHAR(40), EMAIL VARCHAR(12), SALARY NUMBER(10,2), BORN DATE, REGION VARCHAR, NOTES VARIANT);
INSERT INTO SHOP.PUBLIC.PEOPLE SELECT 1, 'Ada Lovelace', 'ada@ex.org', 100.5, '1815-12-10'::DATE, 'EU', NULL;
INSERT INTO SHOP.PUBLIC.PEOPLE SELECT 2, 'Äsop 7', 'bo', 7, '1999-01-02'::DATE, 'US', NULL;
INSERT INTO SHOP.PUBLIC.PEOPLE SELECT 3, NULL, NULL, NULL, NULL, 'EU', NULL;
CREATE USER ANA PASSWORD = 'pw' DEFAULT_ROLE = ANALYST; GRANT ROLE ANALYST TO USER ANA;
CREATE USER INA PASSWORD = 'pw' DEFAULT_ROLE = INTERN; GRANT ROLE INTERN TO USER INA;
CREATE USER BO PASSWORD = 'pw' DEFAULT_ROLE = BOSS; GRANT ROLE BOSS TO USER BO;
CREATE USER NO PASSWORD = 'pw' DEFAULT_ROLE = NOBODY; GRANT ROLE NOBODY TO USER NO;
`

let account: ConnectorAccount
const users = new Map<string, SnowflakeClient>()
beforeAll(async () => {
  account = await startConnectorAccount(seed)
  await account.openTo('SHOP', 'PUBLIC')
  for (const username of ['ANA', 'INA', 'BO', 'NO'])
    users.set(
      username,
      createSnowflakeClient({
        account: account.snowflake.account,
        accessUrl: account.snowflake.accessUrl,
        username,
        credentials: { password: 'pw' },
        warehouse: 'COMPUTE_WH'
      })
    )
})
afterAll(async () => {
  for (const client of users.values()) await client.close()
  await account.stop()
})

const signal = new AbortController().signal
const people = ResourceReference.table('SHOP', 'PUBLIC', 'PEOPLE')

/** Brings the table in line with a document; answers the notes. */
const sync = async (rules: string, reference: Reference = people): Promise<ReadonlyArray<string>> => {
  const decide = compilePolicyDocument(
    orThrow(readPolicyDocument(`version: 1\nmanaged: { roles: [ANALYST, INTERN, BOSS], users: ANA }\n${rules}`, 'test'))
  )
  const resources: Array<Resource> = []
  for await (const chunk of createSnowflakeResolver({ client: account.client }).resolve([reference], { signal }))
    for (const answer of chunk) if (answer._tag === 'Found') resources.push(answer.resource)
  const syncer = createSnowflakeSyncer({ client: account.client, policySchema })
  const plan = orThrow(await syncer.plan(resources.map(decide), { signal })())
  const results = orThrow(await syncer.apply(plan, { signal })())
  for (const { error } of results) if (error !== undefined) throw new Error(describeError(error))
  expect(orThrow(await syncer.plan(resources.map(decide), { signal })()).steps).toEqual([])
  return results.flatMap(({ notes }) => notes)
}

const sees = async (username: string, sql = 'SELECT * FROM SHOP.PUBLIC.PEOPLE ORDER BY ID') => {
  const rows = await users.get(username)!.query({ sql, operation: 'SELECT', object: 'PEOPLE', needs: [] })()
  return rows._tag === 'Left' ? rows.left._tag : rows.right
}
const column = async (username: string, name: string) => {
  const rows = await sees(username, `SELECT ${name} AS V FROM SHOP.PUBLIC.PEOPLE ORDER BY ID`)
  return typeof rows === 'string' ? rows : rows.map(row => row['V'])
}
const grant = 'grants: [{ to: [ANALYST, INTERN, BOSS], on: SHOP.PUBLIC.PEOPLE, privileges: select }]\n'

describe('what people see', () => {
  it('is nothing without a grant, everything with one, and nothing again', async () => {
    expect(await sees('ANA')).toBe('NotFound')
    await sync(grant)
    expect(await sees('ANA')).toHaveLength(3)
    expect(await sees('NO')).toBe('NotFound')
    await sync('')
    expect(await sees('ANA')).not.toHaveLength(3)
    expect(typeof (await sees('ANA'))).toBe('string')
  })

  it.each([
    ['null', 'NAME', [null, null, null]],
    ['redact', 'NAME', ['Xxx Xxxxxxxx', 'xxxx 0', null]],
    ['{ showFirst: 3 }', 'NAME', ['Ada*********', 'Äso***', null]],
    ['{ showLast: 2 }', 'EMAIL', ['********rg', '**', null]],
    ['{ custom: "UPPER({col}) || REGION" }', 'NAME', ['ADA LOVELACEEU', 'ÄSOP 7US', null]],
    ['clear', 'EMAIL', ['ada@ex.org', 'bo', null]],
    ['null', 'SALARY', [null, null, null]],
    ['{ custom: "{col} * 0" }', 'SALARY', [0, 0, null]],
    ['null', 'BORN', [null, null, null]],
    ['null', 'NOTES', [null, null, null]]
  ])('is %s of %s, for those it is meant for and for nobody else', async (as, name, expected) => {
    const clear = await (async () => {
      await sync(grant)
      return column('INA', name)
    })()
    await sync(`${grant}masks: [{ columns: SHOP.PUBLIC.PEOPLE.${name}, for: ANALYST, as: ${as} }]`)
    expect(await column('ANA', name)).toEqual(expected)
    // BOSS inherits ANALYST, so the mask is meant for it as well.
    expect(await column('BO', name)).toEqual(expected)
    expect(await column('INA', name)).toEqual(clear)
  })

  it('is a hash of text, cut to what the column takes', async () => {
    await sync(`${grant}masks: [{ columns: SHOP.PUBLIC.PEOPLE.*, for: ANALYST, as: hash }]`)
    expect(await column('ANA', 'EMAIL')).toEqual([
      expect.stringMatching(/^[0-9a-f]{12}$/),
      expect.stringMatching(/^[0-9a-f]{12}$/),
      null
    ])
    expect(await column('ANA', 'REGION')).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/),
      expect.stringMatching(/^[0-9a-f]{64}$/)
    ])
  })

  it('is NULL where a mask cannot be had for the type, and the notes say so', async () => {
    const notes = await sync(
      `${grant}masks: [{ columns: [SHOP.PUBLIC.PEOPLE.SALARY, SHOP.PUBLIC.PEOPLE.BORN], for: ANALYST, as: redact }]`
    )
    expect(notes).toEqual([
      'column SALARY: redact works on text only, NULL is shown instead',
      'column BORN: redact works on text only, NULL is shown instead'
    ])
    expect(await column('ANA', 'SALARY')).toEqual([null, null, null])
  })

  it('takes exceptions, and the first rule that holds', async () => {
    await sync(`${grant}masks: [{ columns: '*.*.*.NAME', for: everyone, except: [BOSS, 'user:INA'], as: null }]`)
    expect(await column('ANA', 'NAME')).toEqual([null, null, null])
    expect((await column('BO', 'NAME'))[0]).toBe('Ada Lovelace')
    expect((await column('INA', 'NAME'))[0]).toBe('Ada Lovelace')
    await sync(
      `${grant}masks: [{ columns: '*.*.*.NAME', for: BOSS, as: { showFirst: 1 } }, { columns: '*.*.*.NAME', for: everyone, as: clear }]`
    )
    expect((await column('BO', 'NAME'))[0]).toBe('A***********')
    expect((await column('ANA', 'NAME'))[0]).toBe('Ada Lovelace')
  })

  it('is the rows that the filter lets through, judged by the unmasked values', async () => {
    await sync(`${grant}masks: [{ columns: SHOP.PUBLIC.PEOPLE.REGION, for: everyone, as: null }]
rowFilters: [{ on: SHOP.PUBLIC.*, for: ANALYST, where: "REGION = 'EU' AND \\"ID\\" < 3" }, { on: SHOP.PUBLIC.*, for: 'user:INA', where: false }]`)
    expect(await column('ANA', 'ID')).toEqual([1])
    expect(await column('ANA', 'REGION')).toEqual([null])
    expect(await column('BO', 'ID')).toEqual([1])
    expect(await column('INA', 'ID')).toEqual([])
  })

  it('is NULL in the columns that a column grant leaves out', async () => {
    await sync(`grants:
  - { to: ANALYST, on: [SHOP.PUBLIC.PEOPLE.ID, SHOP.PUBLIC.PEOPLE.NAME], privileges: select }
  - { to: BOSS, on: SHOP.PUBLIC.PEOPLE.*, privileges: select }
  - { to: INTERN, on: SHOP.PUBLIC.*, privileges: select }`)
    expect((await sees('ANA'))[0]).toEqual({
      ID: 1,
      NAME: 'Ada Lovelace',
      EMAIL: null,
      SALARY: null,
      BORN: null,
      REGION: null,
      NOTES: null
    })
    expect((await sees('BO'))[0]).toMatchObject({ ID: 1, EMAIL: 'ada@ex.org', SALARY: 100.5 })
    expect((await sees('INA'))[0]).toMatchObject({ ID: 1, EMAIL: 'ada@ex.org', SALARY: 100.5 })
  })

  it('leaves nothing of ours behind when the policies say nothing', async () => {
    await sync('')
    expect(
      await account.admin(
        `SELECT * FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'SHOP.PUBLIC.PEOPLE', REF_ENTITY_DOMAIN => 'TABLE'))`
      )
    ).toEqual([])
    expect(await account.admin('SHOW MASKING POLICIES IN SCHEMA GOVERNANCE.ON_DEMAND_SYNC')).toEqual([])
    expect(await account.admin('SHOW ROW ACCESS POLICIES IN SCHEMA GOVERNANCE.ON_DEMAND_SYNC')).toEqual([])
  })
})

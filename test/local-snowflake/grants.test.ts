import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectTo } from './client.ts'
import type { Client } from './client.ts'

const setup = `
  CREATE DATABASE D; CREATE SCHEMA D.S; CREATE SCHEMA D.MANAGED WITH MANAGED ACCESS;
  CREATE TABLE D.S.T (A INT, B VARCHAR); CREATE TABLE D.S.U (A INT); CREATE VIEW D.S.V AS SELECT A FROM D.S.T;
  CREATE TABLE D.MANAGED.M (A INT);
  CREATE ROLE R1; CREATE ROLE R2; CREATE ROLE R3; CREATE ROLE OWNER_ROLE;
  GRANT ROLE R1 TO USER BOB; GRANT ROLE R2 TO USER BOB; GRANT ROLE R3 TO USER BOB; GRANT ROLE OWNER_ROLE TO USER BOB;
  GRANT USAGE ON DATABASE D TO ROLE R1; GRANT USAGE ON SCHEMA D.S TO ROLE R1;
  GRANT USAGE ON DATABASE D TO ROLE R2; GRANT USAGE ON SCHEMA D.S TO ROLE R2;
  GRANT USAGE ON DATABASE D TO ROLE OWNER_ROLE; GRANT USAGE ON SCHEMA D.S TO ROLE OWNER_ROLE; GRANT USAGE ON SCHEMA D.MANAGED TO ROLE OWNER_ROLE
`

let snowflake: LocalSnowflake
let admin: Client
let bob: Client

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    setup: '',
    users: [{ name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' }, { name: 'BOB' }]
  })
  await snowflake.execute(setup)
  admin = await connectTo(snowflake)
  bob = await connectTo(snowflake, { user: 'BOB' })
})
afterAll(async () => {
  await admin.close()
  await bob.close()
  await snowflake.stop()
})

const grantsOn = async (target: string) =>
  (await admin.rows(`SHOW GRANTS ON ${target}`)).map(row =>
    [row['privilege'], row['grantee_name'], row['grant_option'], row['granted_by']].join(' ')
  )

describe('granting', () => {
  test('many privileges at once, and again without effect', async () => {
    await admin.run('GRANT SELECT, INSERT ON TABLE D.S.T TO ROLE R1', 'GRANT SELECT, INSERT ON TABLE D.S.T TO ROLE R1')
    expect(await grantsOn('TABLE D.S.T')).toEqual([
      'OWNERSHIP ACCOUNTADMIN true ACCOUNTADMIN',
      'SELECT R1 false ACCOUNTADMIN',
      'INSERT R1 false ACCOUNTADMIN'
    ])
    await admin.run('REVOKE ALL PRIVILEGES ON TABLE D.S.T FROM ROLE R1')
    expect(await grantsOn('TABLE D.S.T')).toHaveLength(1)
  })

  test('the grantor is the owner, the holder of the option, or the owner again for MANAGE GRANTS', async () => {
    await admin.run('CREATE TABLE D.S.G (A INT)', 'GRANT OWNERSHIP ON TABLE D.S.G TO ROLE OWNER_ROLE')
    await bob.run(
      'USE ROLE OWNER_ROLE',
      'GRANT SELECT ON TABLE D.S.G TO ROLE R1 WITH GRANT OPTION',
      'USE ROLE R1',
      'GRANT SELECT ON TABLE D.S.G TO ROLE R2'
    )
    await admin.run('USE ROLE SECURITYADMIN', 'GRANT UPDATE ON TABLE D.S.G TO ROLE R3', 'USE ROLE ACCOUNTADMIN')
    expect(await grantsOn('TABLE D.S.G')).toEqual([
      'OWNERSHIP OWNER_ROLE true OWNER_ROLE',
      'SELECT R1 true OWNER_ROLE',
      'SELECT R2 false R1',
      'UPDATE R3 false OWNER_ROLE'
    ])
  })

  test('what cannot be given is named: some 003011, none 003102', async () => {
    await admin.run(
      'CREATE TABLE D.S.P (A INT)',
      'GRANT SELECT ON TABLE D.S.P TO ROLE R1 WITH GRANT OPTION',
      'GRANT INSERT ON TABLE D.S.P TO ROLE R1'
    )
    await bob.run('USE ROLE R1')
    expect(await bob.failure('GRANT SELECT, INSERT ON TABLE D.S.P TO ROLE R2')).toMatchObject({
      code: '003011',
      sqlState: '42501',
      message: 'Grant partially executed: privileges [INSERT] not granted.'
    })
    expect(await grantsOn('TABLE D.S.P')).toContain('SELECT R2 false R1')
    expect(await bob.failure('GRANT INSERT ON TABLE D.S.P TO ROLE R2')).toMatchObject({
      code: '003102',
      sqlState: '42501'
    })
  })

  test('privileges of another kind of object are refused', async () => {
    for (const sql of [
      'GRANT INSERT ON DATABASE D TO ROLE R1',
      'GRANT USAGE ON TABLE D.S.T TO ROLE R1',
      'GRANT SELECT ON SCHEMA D.S TO ROLE R1'
    ]) {
      expect(await admin.failure(sql)).toMatchObject({ code: '003042' })
    }
  })

  test('every kind of object takes its own privileges', async () => {
    await admin.run(
      'CREATE MASKING POLICY D.S.MP AS (V VARCHAR) RETURNS VARCHAR -> V',
      'CREATE ROW ACCESS POLICY D.S.RAP AS (A INT) RETURNS BOOLEAN -> TRUE',
      'CREATE TAG D.S.TG',
      'CREATE SEQUENCE D.S.SQ',
      'CREATE STREAM D.S.ST ON TABLE D.S.T',
      'CREATE MATERIALIZED VIEW D.S.MV AS SELECT A FROM D.S.T',
      'CREATE EXTERNAL TABLE D.S.ET (X INT AS (VALUE:x::INT)) LOCATION = X',
      "CREATE DYNAMIC TABLE D.S.DT TARGET_LAG = '1 hour' WAREHOUSE = COMPUTE_WH AS SELECT A FROM D.S.T",
      'CREATE ICEBERG TABLE D.S.IT (A INT)',
      'CREATE HYBRID TABLE D.S.HT (A INT PRIMARY KEY)',
      'CREATE EVENT TABLE D.S.EV',
      'CREATE DATABASE ROLE D.DR',
      'CREATE STAGE D.S.SG',
      'CREATE FILE FORMAT D.S.FF TYPE = CSV'
    )
    const grants = [
      'APPLY ON MASKING POLICY D.S.MP',
      'APPLY ON ROW ACCESS POLICY D.S.RAP',
      'APPLY ON TAG D.S.TG',
      'USAGE ON SEQUENCE D.S.SQ',
      'SELECT ON STREAM D.S.ST',
      'SELECT, REFERENCES ON MATERIALIZED VIEW D.S.MV',
      'SELECT ON EXTERNAL TABLE D.S.ET',
      'SELECT, OPERATE ON DYNAMIC TABLE D.S.DT',
      'SELECT, INSERT ON ICEBERG TABLE D.S.IT',
      'SELECT, DELETE ON TABLE D.S.HT',
      'SELECT ON EVENT TABLE D.S.EV',
      'SELECT, REFERENCES ON VIEW D.S.V',
      'USAGE, OPERATE ON WAREHOUSE COMPUTE_WH',
      'MONITOR ON USER BOB',
      'USAGE ON STAGE D.S.SG',
      'USAGE ON FILE FORMAT D.S.FF',
      'CREATE TABLE, CREATE MASKING POLICY ON SCHEMA D.S',
      'CREATE DATABASE, APPLY MASKING POLICY, MANAGE GRANTS ON ACCOUNT'
    ]
    for (const grant of grants) await admin.run(`GRANT ${grant} TO ROLE R3`)
    const shown = await admin.rows('SHOW GRANTS TO ROLE R3')
    expect(shown.filter(row => row['granted_on'] === 'ACCOUNT')).toHaveLength(3)
    expect(shown.map(row => row['granted_on'])).toEqual(
      expect.arrayContaining([
        'MASKING_POLICY',
        'ROW_ACCESS_POLICY',
        'TAG',
        'SEQUENCE',
        'STREAM',
        'MATERIALIZED_VIEW',
        'EXTERNAL_TABLE',
        'DYNAMIC_TABLE',
        'HYBRID_TABLE',
        'WAREHOUSE',
        'USER',
        'STAGE',
        'FILE_FORMAT'
      ])
    )
    for (const grant of grants) await admin.run(`REVOKE ${grant} FROM ROLE R3`)
    expect((await admin.rows('SHOW GRANTS TO ROLE R3')).map(row => row['privilege'])).toEqual(['UPDATE'])
  })

  test('ON ALL reaches what is there, ON FUTURE what comes; the schema silences the database', async () => {
    await admin.run(
      'CREATE SCHEMA D.F',
      'CREATE TABLE D.F.OLD (A INT)',
      'GRANT SELECT ON FUTURE TABLES IN DATABASE D TO ROLE R1'
    )
    await admin.run(
      'GRANT INSERT, DELETE ON FUTURE TABLES IN SCHEMA D.F TO ROLE R2',
      'CREATE TABLE D.F.NEW (A INT)',
      'CREATE SCHEMA D.F2',
      'CREATE TABLE D.F2.NEW (A INT)'
    )
    expect((await grantsOn('TABLE D.F.NEW')).slice(1)).toEqual([
      'INSERT R2 false ACCOUNTADMIN',
      'DELETE R2 false ACCOUNTADMIN'
    ])
    expect((await grantsOn('TABLE D.F2.NEW')).slice(1)).toEqual(['SELECT R1 false ACCOUNTADMIN'])
    await admin.run('GRANT REFERENCES ON ALL TABLES IN SCHEMA D.F TO ROLE R3')
    expect((await grantsOn('TABLE D.F.OLD')).slice(1)).toEqual(['REFERENCES R3 false ACCOUNTADMIN'])
    const future = await admin.rows('SHOW FUTURE GRANTS IN SCHEMA D.F')
    expect(
      future.map(row => [row['privilege'], row['grant_on'], row['name'], row['grant_to'], row['grantee_name']])
    ).toEqual([
      ['INSERT', 'TABLE', 'D.F.<TABLE>', 'ROLE', 'R2'],
      ['DELETE', 'TABLE', 'D.F.<TABLE>', 'ROLE', 'R2']
    ])
    await admin.run(
      'REVOKE INSERT, DELETE ON FUTURE TABLES IN SCHEMA D.F FROM ROLE R2',
      'REVOKE SELECT ON FUTURE TABLES IN DATABASE D FROM ROLE R1'
    )
    expect(await admin.rows('SHOW FUTURE GRANTS IN SCHEMA D.F')).toEqual([])
    expect(await admin.rows('SHOW FUTURE GRANTS TO ROLE R1')).toEqual([])
  })

  test('future grants are for MANAGE GRANTS, and never for policies and tags', async () => {
    await bob.run('USE ROLE R1')
    expect(await bob.failure('GRANT SELECT ON FUTURE TABLES IN SCHEMA D.S TO ROLE R1')).toMatchObject({
      code: '003001'
    })
    for (const kind of ['MASKING POLICIES', 'ROW ACCESS POLICIES', 'TAGS']) {
      expect(await admin.failure(`GRANT APPLY ON FUTURE ${kind} IN SCHEMA D.S TO ROLE R1`)).toMatchObject({
        code: '000002',
        sqlState: '0A000'
      })
      expect(await admin.failure(`GRANT APPLY ON ALL ${kind} IN SCHEMA D.S TO ROLE R1`)).toMatchObject({
        code: '000002'
      })
    }
  })
})

describe('revoking', () => {
  test('succeeds when there is nothing to take', async () => {
    await admin.run('REVOKE SELECT ON TABLE D.S.U FROM ROLE R1')
  })

  test('takes only the grants of one’s own roles, and all of them with MANAGE GRANTS', async () => {
    await admin.run(
      'CREATE TABLE D.S.W (A INT)',
      'GRANT SELECT ON TABLE D.S.W TO ROLE R1 WITH GRANT OPTION',
      'GRANT SELECT ON TABLE D.S.W TO ROLE R3'
    )
    await bob.run('USE ROLE R1', 'GRANT SELECT ON TABLE D.S.W TO ROLE R3', 'REVOKE SELECT ON TABLE D.S.W FROM ROLE R3')
    expect(await grantsOn('TABLE D.S.W')).toEqual([
      'OWNERSHIP ACCOUNTADMIN true ACCOUNTADMIN',
      'SELECT R1 true ACCOUNTADMIN',
      'SELECT R3 false ACCOUNTADMIN'
    ])
    await bob.run('GRANT SELECT ON TABLE D.S.W TO ROLE R3')
    await admin.run('USE ROLE SECURITYADMIN', 'REVOKE SELECT ON TABLE D.S.W FROM ROLE R3', 'USE ROLE ACCOUNTADMIN')
    expect(await grantsOn('TABLE D.S.W')).not.toContainEqual(expect.stringContaining('R3'))
  })

  test('RESTRICT refuses what was passed on, CASCADE follows it', async () => {
    await admin.run('CREATE TABLE D.S.C (A INT)', 'GRANT SELECT ON TABLE D.S.C TO ROLE R1 WITH GRANT OPTION')
    await bob.run(
      'USE ROLE R1',
      'GRANT SELECT ON TABLE D.S.C TO ROLE R2 WITH GRANT OPTION',
      'USE ROLE R2',
      'GRANT SELECT ON TABLE D.S.C TO ROLE R3'
    )
    expect(await admin.failure('REVOKE SELECT ON TABLE D.S.C FROM ROLE R1')).toMatchObject({
      code: '003036',
      sqlState: '23001'
    })
    expect(await admin.failure('REVOKE GRANT OPTION FOR SELECT ON TABLE D.S.C FROM ROLE R1')).toMatchObject({
      code: '003036'
    })
    await admin.run('REVOKE GRANT OPTION FOR SELECT ON TABLE D.S.C FROM ROLE R1 CASCADE')
    expect((await grantsOn('TABLE D.S.C')).slice(1)).toEqual(['SELECT R1 false ACCOUNTADMIN'])
    await admin.run('REVOKE SELECT ON TABLE D.S.C FROM ROLE R1 CASCADE')
    expect(await grantsOn('TABLE D.S.C')).toHaveLength(1)
  })

  test('ownership is not revoked', async () => {
    expect(await admin.failure('REVOKE OWNERSHIP ON TABLE D.S.T FROM ROLE ACCOUNTADMIN')).toMatchObject({
      sqlState: '42601'
    })
  })
})

describe('managed access', () => {
  test('the schema owner grants, the table owner does not', async () => {
    await admin.run(
      'GRANT ROLE OWNER_ROLE TO ROLE ACCOUNTADMIN',
      'GRANT OWNERSHIP ON TABLE D.MANAGED.M TO ROLE OWNER_ROLE'
    )
    await bob.run('USE ROLE OWNER_ROLE')
    expect(await bob.failure('GRANT SELECT ON TABLE D.MANAGED.M TO ROLE R1')).toMatchObject({ code: '003102' })
    await admin.run('GRANT SELECT ON TABLE D.MANAGED.M TO ROLE R1 WITH GRANT OPTION')
    expect(await grantsOn('TABLE D.MANAGED.M')).toEqual([
      'OWNERSHIP OWNER_ROLE false OWNER_ROLE',
      'SELECT R1 false ACCOUNTADMIN'
    ])
    expect((await admin.rows("SHOW SCHEMAS LIKE 'MANAGED' IN DATABASE D"))[0]).toMatchObject({
      options: 'MANAGED ACCESS'
    })
    await admin.run('ALTER SCHEMA D.MANAGED DISABLE MANAGED ACCESS')
    await bob.run('GRANT INSERT ON TABLE D.MANAGED.M TO ROLE R1')
  })
})

describe('ownership', () => {
  test('moves with COPY, REVOKE, or nothing to carry', async () => {
    await admin.run('CREATE TABLE D.S.O (A INT)', 'GRANT SELECT ON TABLE D.S.O TO ROLE R1')
    expect(await admin.failure('GRANT OWNERSHIP ON TABLE D.S.O TO ROLE OWNER_ROLE')).toMatchObject({
      code: '003036',
      sqlState: '23001'
    })
    await admin.run('GRANT OWNERSHIP ON TABLE D.S.O TO ROLE OWNER_ROLE COPY CURRENT GRANTS')
    expect(await grantsOn('TABLE D.S.O')).toEqual([
      'OWNERSHIP OWNER_ROLE true OWNER_ROLE',
      'SELECT R1 false OWNER_ROLE'
    ])
    await bob.run('USE ROLE OWNER_ROLE', 'GRANT OWNERSHIP ON TABLE D.S.O TO ROLE R2 REVOKE CURRENT GRANTS')
    expect(await grantsOn('TABLE D.S.O')).toEqual(['OWNERSHIP R2 true R2'])
    expect(await bob.failure('GRANT SELECT ON TABLE D.S.O TO ROLE R1')).toMatchObject({ code: '002003' })
  })

  test('of all tables of a schema, and of those to come', async () => {
    await admin.run(
      'CREATE SCHEMA D.OA',
      'CREATE TABLE D.OA.A (A INT)',
      'CREATE TABLE D.OA.B (A INT)',
      'GRANT OWNERSHIP ON ALL TABLES IN SCHEMA D.OA TO ROLE R2'
    )
    await admin.run('GRANT OWNERSHIP ON FUTURE TABLES IN SCHEMA D.OA TO ROLE R1', 'CREATE TABLE D.OA.C (A INT)')
    expect((await admin.rows('SHOW TABLES IN SCHEMA D.OA')).map(row => [row['name'], row['owner']])).toEqual([
      ['A', 'R2'],
      ['B', 'R2'],
      ['C', 'R1']
    ])
    expect(await admin.failure('GRANT OWNERSHIP ON FUTURE TABLES IN SCHEMA D.OA TO ROLE R2')).toMatchObject({
      sqlState: '42601'
    })
  })
})

describe('roles', () => {
  test('are granted to roles and users, in no circle', async () => {
    await admin.run(
      'CREATE ROLE UPPER_ROLE',
      'CREATE ROLE LOWER_ROLE',
      'GRANT ROLE LOWER_ROLE TO ROLE UPPER_ROLE',
      'GRANT ROLE UPPER_ROLE TO USER BOB'
    )
    expect(await admin.failure('GRANT ROLE UPPER_ROLE TO ROLE LOWER_ROLE')).toMatchObject({ sqlState: '42601' })
    expect(
      (await admin.rows('SHOW GRANTS OF ROLE LOWER_ROLE')).map(row => [
        row['role'],
        row['granted_to'],
        row['grantee_name'],
        row['granted_by']
      ])
    ).toEqual([['LOWER_ROLE', 'ROLE', 'UPPER_ROLE', 'ACCOUNTADMIN']])
    expect((await admin.rows('SHOW GRANTS TO USER BOB')).map(row => row['role'])).toContain('UPPER_ROLE')
    await bob.run('USE ROLE LOWER_ROLE')
    await admin.run('REVOKE ROLE LOWER_ROLE FROM ROLE UPPER_ROLE')
    expect(await bob.failure('USE ROLE LOWER_ROLE')).toMatchObject({ code: '003013' })
    expect(await bob.failure('USE ROLE NO_SUCH_ROLE')).toMatchObject({ code: '002043' })
    await admin.run('REVOKE ROLE LOWER_ROLE FROM ROLE UPPER_ROLE')
  })

  test('are given by their owner or MANAGE GRANTS only', async () => {
    await bob.run('USE ROLE R1')
    expect(await bob.failure('GRANT ROLE R2 TO USER BOB')).toMatchObject({ code: '003102' })
    expect(await bob.failure('CREATE ROLE MINE')).toMatchObject({ code: '003001' })
    expect(await bob.failure('GRANT SELECT ON TABLE D.S.T TO ROLE NO_SUCH')).toMatchObject({
      code: '002003',
      sqlState: '02000'
    })
  })

  test('of a database hold privileges inside it', async () => {
    await admin.run(
      'CREATE DATABASE ROLE D.READER',
      'GRANT USAGE ON SCHEMA D.S TO DATABASE ROLE D.READER',
      'GRANT SELECT ON TABLE D.S.U TO DATABASE ROLE D.READER',
      'GRANT DATABASE ROLE D.READER TO ROLE R1'
    )
    expect((await admin.rows('SHOW GRANTS ON TABLE D.S.U')).at(-1)).toMatchObject({
      granted_to: 'DATABASE_ROLE',
      grantee_name: 'D.READER'
    })
    await bob.run('USE ROLE R1', 'SELECT * FROM D.S.U')
    await admin.run('CREATE DATABASE D2')
    expect(await admin.failure('GRANT USAGE ON DATABASE D2 TO DATABASE ROLE D.READER')).toMatchObject({
      sqlState: '42601'
    })
  })

  test('when dropped, leave what they own to the role that dropped them', async () => {
    await admin.run(
      'CREATE ROLE LEAVING',
      'CREATE TABLE D.S.LEFT_BEHIND (A INT)',
      'GRANT OWNERSHIP ON TABLE D.S.LEFT_BEHIND TO ROLE LEAVING',
      'GRANT SELECT ON TABLE D.S.T TO ROLE LEAVING',
      'DROP ROLE LEAVING'
    )
    expect(await grantsOn('TABLE D.S.LEFT_BEHIND')).toEqual(['OWNERSHIP ACCOUNTADMIN true ACCOUNTADMIN'])
    expect(await grantsOn('TABLE D.S.T')).not.toContainEqual(expect.stringContaining('LEAVING'))
  })

  test('privileges can be granted to users, and count with all secondary roles', async () => {
    await admin.run('CREATE TABLE D.S.DIRECT (A INT)', 'GRANT SELECT ON TABLE D.S.DIRECT TO USER BOB')
    expect((await admin.rows('SHOW GRANTS ON TABLE D.S.DIRECT')).at(-1)).toMatchObject({
      granted_to: 'USER',
      grantee_name: 'BOB'
    })
    await bob.run('USE ROLE R1')
    expect(await bob.failure('SELECT * FROM D.S.DIRECT')).toMatchObject({ code: '002003' })
    await bob.run('USE SECONDARY ROLES ALL', 'SELECT * FROM D.S.DIRECT', 'USE SECONDARY ROLES NONE')
  })
})

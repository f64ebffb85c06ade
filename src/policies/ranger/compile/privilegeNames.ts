/** Which of Ranger's access types are which of Snowflake's privileges, by the level that they are granted on (docs.privacera.com, configure-snowflake-resource-policies; docs.snowflake.com, grant-privilege). */

/** The levels that privileges are granted on. */
export type PrivilegeLevel = 'database' | 'schema' | 'relation'

const select = ['SELECT']

/** Access types in lower case: ours, and those of Ranger's definitions for Hive and Trino that mean the same. Types that are not here have no privilege. */
const privileges: { readonly [Level in PrivilegeLevel]: ReadonlyMap<string, ReadonlyArray<string>> } = {
  database: new Map([
    ['usedb', ['USAGE']],
    ['use', ['USAGE']],
    ['createschema', ['CREATE SCHEMA']],
    ['monitor', ['MONITOR']],
    ['modify', ['MODIFY']]
  ]),
  schema: new Map([
    ['useschema', ['USAGE']],
    ['use', ['USAGE']],
    ['createtable', ['CREATE TABLE']],
    ['createtmptable', ['CREATE TEMPORARY TABLE']],
    ['createexternaltable', ['CREATE EXTERNAL TABLE']],
    ['createview', ['CREATE VIEW']],
    ['createstream', ['CREATE STREAM']],
    ['createfunction', ['CREATE FUNCTION']],
    ['createprocedure', ['CREATE PROCEDURE']],
    ['createsequence', ['CREATE SEQUENCE']],
    ['createpipe', ['CREATE PIPE']],
    ['createfileformat', ['CREATE FILE FORMAT']],
    ['createstage', ['CREATE STAGE']],
    ['monitor', ['MONITOR']],
    ['modify', ['MODIFY']]
  ]),
  relation: new Map([
    ['select', select],
    ['read', select],
    ['insert', ['INSERT']],
    ['update', ['UPDATE']],
    ['delete', ['DELETE']],
    ['truncate', ['TRUNCATE']],
    ['references', ['REFERENCES']]
  ])
}

/** The privileges of a level by access type, for those that a service has. Two types may mean one privilege: either will do. */
export const privilegesOf = (
  level: PrivilegeLevel,
  accessTypes: ReadonlyArray<string>
): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, Array<string>>()
  for (const accessType of accessTypes)
    for (const privilege of privileges[level].get(accessType) ?? [])
      found.set(privilege, [...(found.get(privilege) ?? []), accessType])
  return found
}

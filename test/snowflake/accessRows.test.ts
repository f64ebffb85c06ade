/** What POLICY_REFERENCES says where a column has a mask of its own and one that comes by a tag: the set one counts, in whatever order they are listed. */
import { expect, it } from 'vitest'
import { toAttachedPolicies } from '../../src/snowflake/accessRows.ts'
import { policySchema } from './connectorAccount.ts'

const ofOurs = `ODS_MASK_${'0'.repeat(32)}`
const row = (database: string, schema: string, name: string, tag: string | null) => ({
  ...{ POLICY_DB: database, POLICY_SCHEMA: schema, POLICY_NAME: name, POLICY_KIND: 'MASKING_POLICY' },
  ...{ REF_COLUMN_NAME: 'C', REF_ARG_COLUMN_NAMES: null, TAG_NAME: tag }
})
const set = row(policySchema.database, policySchema.schema, ofOurs, null)
const tagged = row('D', 'OTHERS', 'THEIRS', 'PII')

it.each([[[set, tagged]], [[tagged, set]]])('counts the mask that is set, not the one by a tag', rows => {
  expect(toAttachedPolicies(rows, policySchema).masks).toEqual([
    { policy: `"GOVERNANCE"."ON_DEMAND_SYNC"."${ofOurs}"`, columns: ['C'], ours: true }
  ])
})

it('counts a mask by a tag as somebody else’s', () => {
  expect(toAttachedPolicies([tagged], policySchema).masks).toMatchObject([{ ours: false }])
})

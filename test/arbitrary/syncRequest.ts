import fc from 'fast-check'
import type { ResourceReference, SyncRequest } from 'on-demand-sync/payload'
import { maxNameLength, maxTextLength } from 'on-demand-sync/payload'

/** Text without lone surrogates, as the format asks. */
const wellFormed = (maxLength: number) =>
  fc
    .string({ unit: 'binary', minLength: 1, maxLength })
    .filter(s => !/\p{Surrogate}/u.test(s) && [...s].length <= maxLength)

/** Names that a careless quoting, matching or splitting would get wrong. */
export const hostileNames: ReadonlyArray<string> = [
  '"',
  '""',
  '"a"',
  'a"b',
  'a""b',
  "a'b",
  'a.b',
  '"a"."b"',
  'a b',
  ' ',
  '%',
  '_',
  '*',
  '\\',
  '\\"',
  '--',
  '/*',
  '*/',
  ';',
  '$$',
  '$1',
  '?',
  ':x',
  '{col}',
  'select',
  'NULL',
  '__proto__',
  'constructor',
  'toString',
  'é',
  'ß',
  '表',
  '🧾',
  '\u0000',
  '\n',
  '\t',
  '\u2028',
  "'; DROP TABLE x; --",
  'x'.repeat(255),
  '表'.repeat(255),
  '🧾'.repeat(255)
]

export const storedName = fc.oneof(
  { arbitrary: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,12}$/), weight: 3 },
  { arbitrary: fc.constantFrom(...hostileNames), weight: 2 },
  { arbitrary: wellFormed(maxNameLength), weight: 1 }
)

const names = fc.record({ database: storedName, schema: storedName, table: storedName, column: storedName })

export const resourceReference: fc.Arbitrary<ResourceReference> = fc.oneof(
  names.map(({ database }) => ({ type: 'database' as const, values: { database } })),
  names.map(({ database, schema }) => ({ type: 'schema' as const, values: { database, schema } })),
  fc
    .tuple(fc.constantFrom('table' as const, 'view' as const), names)
    .map(([type, { database, schema, table }]) => ({ type, values: { database, schema, table } })),
  names.map(values => ({ type: 'column' as const, values }))
)

const text = wellFormed(maxTextLength)

const time = fc
  .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map(date => date.toISOString())

export const syncRequest: fc.Arbitrary<SyncRequest> = fc.record(
  {
    id: text,
    type: fc.constant('RESOURCE_SYNC' as const),
    appType: fc.constant('PS_CONNECTOR' as const),
    appSubType: fc.constant('SNOWFLAKE' as const),
    source: text,
    createTime: time,
    requestInfo: fc.record({ resources: fc.array(resourceReference, { minLength: 1, maxLength: 5 }) })
  },
  { requiredKeys: ['id', 'type', 'appType', 'appSubType', 'requestInfo'] }
)

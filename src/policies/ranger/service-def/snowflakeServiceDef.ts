/** A service definition for Snowflake, in the form that Ranger Admin loads. Access types are those that Privacera documents for its Snowflake connector (docs.privacera.com, configure-snowflake-resource-policies). */

/** One level of resources, as Ranger Admin takes it. */
export interface RangerResourceDefJson {
  readonly itemId: number
  readonly name: string
  readonly type: 'string'
  readonly level: number
  readonly parent: string
  readonly mandatory: boolean
  readonly lookupSupported: boolean
  readonly recursiveSupported: boolean
  readonly excludesSupported: boolean
  readonly isValidLeaf: boolean
  readonly matcher: string
  readonly matcherOptions: { readonly wildCard: 'true' | 'false'; readonly ignoreCase: 'true' | 'false' }
  readonly accessTypeRestrictions: ReadonlyArray<string>
  readonly label: string
  readonly description: string
}

/** One access type, as Ranger Admin takes it. */
export interface RangerAccessTypeJson {
  readonly itemId: number
  readonly name: string
  readonly label: string
  readonly category: 'CREATE' | 'READ' | 'UPDATE' | 'DELETE' | 'MANAGE'
}

/** One setting of a service, as Ranger Admin takes it. */
export interface RangerConfigDefJson {
  readonly itemId: number
  readonly name: string
  readonly type: 'string'
  readonly mandatory: boolean
  readonly label: string
  readonly description: string
}

/** One kind of mask, as Ranger Admin takes it. */
export interface RangerMaskTypeJson {
  readonly itemId: number
  readonly name: string
  readonly label: string
  readonly description: string
  readonly transformer?: string
}

/** A service definition, as Ranger Admin takes it (`POST /service/public/v2/api/servicedef`). */
export interface RangerServiceDefJson {
  readonly name: string
  readonly displayName: string
  readonly implClass: string
  readonly label: string
  readonly description: string
  readonly guid: string
  readonly options: { readonly enableDenyAndExceptionsInPolicies: 'true' | 'false' }
  readonly resources: ReadonlyArray<RangerResourceDefJson>
  readonly accessTypes: ReadonlyArray<RangerAccessTypeJson>
  readonly configs: ReadonlyArray<RangerConfigDefJson>
  readonly enums: ReadonlyArray<object>
  readonly contextEnrichers: ReadonlyArray<object>
  readonly policyConditions: ReadonlyArray<object>
  readonly dataMaskDef: {
    readonly accessTypes: ReadonlyArray<{ readonly itemId: number; readonly name: string; readonly label: string }>
    readonly resources: ReadonlyArray<Pick<RangerResourceDefJson, 'itemId' | 'name' | 'isValidLeaf' | 'mandatory'>>
    readonly maskTypes: ReadonlyArray<RangerMaskTypeJson>
  }
  readonly rowFilterDef: {
    readonly accessTypes: ReadonlyArray<{ readonly itemId: number; readonly name: string; readonly label: string }>
    readonly resources: ReadonlyArray<Pick<RangerResourceDefJson, 'itemId' | 'name' | 'isValidLeaf' | 'mandatory'>>
  }
}

type Category = RangerAccessTypeJson['category']

/** By level, with the label and the category of each. */
const levelTypes: {
  readonly [Level in 'warehouse' | 'database' | 'schema' | 'table']: ReadonlyArray<readonly [string, Category]>
} = {
  warehouse: [
    ['Operate', 'MANAGE'],
    ['UseWarehouse', 'READ'],
    ['Monitor', 'READ'],
    ['Modify', 'MANAGE']
  ],
  database: [
    ['UseDB', 'READ'],
    ['CreateSchema', 'CREATE']
  ],
  schema: [
    ['UseSchema', 'READ'],
    ['CreateTable', 'CREATE'],
    ['CreateTmpTable', 'CREATE'],
    ['CreateExternalTable', 'CREATE'],
    ['CreateView', 'CREATE'],
    ['CreateStream', 'CREATE'],
    ['CreateFunction', 'CREATE'],
    ['CreateProcedure', 'CREATE'],
    ['CreateSequence', 'CREATE'],
    ['CreatePipe', 'CREATE'],
    ['CreateFileFormat', 'CREATE'],
    ['CreateStage', 'CREATE']
  ],
  table: [
    ['Select', 'READ'],
    ['Insert', 'UPDATE'],
    ['Update', 'UPDATE'],
    ['Delete', 'DELETE'],
    ['Truncate', 'DELETE'],
    ['References', 'READ']
  ]
}

const typesOf = (...levels: ReadonlyArray<keyof typeof levelTypes>): ReadonlyArray<string> =>
  levels.flatMap(level => levelTypes[level].map(([label]) => label.toLowerCase()))

const level = (
  itemId: number,
  name: string,
  parent: string,
  accessTypeRestrictions: ReadonlyArray<string>,
  description: string
): RangerResourceDefJson => ({
  itemId,
  name,
  type: 'string',
  level: name === 'warehouse' ? 10 : itemId * 10,
  parent,
  mandatory: name === 'database' || name === 'warehouse',
  lookupSupported: false,
  recursiveSupported: false,
  excludesSupported: true,
  isValidLeaf: true,
  matcher: 'org.apache.ranger.plugin.resourcematcher.RangerDefaultResourceMatcher',
  // Snowflake's stored names are told apart by case.
  matcherOptions: { wildCard: 'true', ignoreCase: 'false' },
  accessTypeRestrictions,
  label: name.charAt(0).toUpperCase() + name.slice(1),
  description
})

/** Masks are about columns and filters about tables, so none of the levels above may be left out. */
const leaf = (itemId: number, name: string, isValidLeaf: boolean) => ({ itemId, name, isValidLeaf, mandatory: true })

/** What the library makes of these masks for text; by other types see docs/policies.md. */
const redacted =
  "REGEXP_REPLACE(REGEXP_REPLACE(REGEXP_REPLACE(REGEXP_REPLACE({col}, '[A-Z]', 'X'), '[a-z]', 'x'), '[0-9]', '0'), '[^ -~]', 'x')"

const partly = (shown: string): string => `IFF(LENGTH({col}) > 4, ${shown}, REPEAT('*', LENGTH({col})))`

const maskTypes: ReadonlyArray<RangerMaskTypeJson> = [
  ['MASK', 'Redact', 'Letters become x or X, digits 0', redacted],
  [
    'MASK_SHOW_LAST_4',
    'Partial mask: show last 4',
    'All but the last four characters are replaced',
    partly("REPEAT('*', LENGTH({col}) - 4) || RIGHT({col}, 4)")
  ],
  [
    'MASK_SHOW_FIRST_4',
    'Partial mask: show first 4',
    'All but the first four characters are replaced',
    partly("LEFT({col}, 4) || REPEAT('*', LENGTH({col}) - 4)")
  ],
  ['MASK_HASH', 'Hash', 'SHA-256 in hexadecimal', 'SHA2({col}, 256)'],
  ['MASK_NULL', 'Nullify', 'NULL', 'NULL'],
  ['MASK_NONE', 'Unmasked (retain original value)', 'As it is', undefined],
  ['MASK_DATE_SHOW_YEAR', 'Date: show only year', 'The first day of the year', "DATE_TRUNC('YEAR', {col})"],
  ['CUSTOM', 'Custom', 'An SQL expression in which {col} stands for the value', undefined]
].map(([name = '', label = '', description = '', transformer], index) => ({
  itemId: index + 1,
  name,
  label,
  description,
  ...(transformer === undefined ? {} : { transformer })
}))

const configs: ReadonlyArray<RangerConfigDefJson> = [
  [
    'policy.download.auth.users',
    'Users who download policies',
    'Users, with commas between, who may download policies'
  ],
  ['tag.download.auth.users', 'Users who download tags', 'Users, with commas between, who may download tags'],
  ['ranger.plugin.super.users', 'Superusers', 'Users, with commas between, who may do everything'],
  ['ranger.plugin.super.groups', 'Superuser groups', 'Groups, with commas between, whose members may do everything']
].map(([name = '', label = '', description = ''], index) => ({
  itemId: index + 1,
  name,
  type: 'string',
  mandatory: false,
  label,
  description
}))

const selectOnly = [{ itemId: 1, name: 'select', label: 'Select' }]

/**
 * A Ranger service definition for Snowflake: database, schema, table or view, column; and warehouse. Load it once into Ranger Admin, make a service of it, and write policies there; names in
 * policies are exact stored names, `*` and `?` are wildcards.
 *
 * **Details**: also shipped as `on-demand-sync/schema/ranger-servicedef-snowflake.json`. The definition is for policies only; it has no lookup class, so Admin offers no names to choose from.
 *
 * @example
 * ```ts
 * import { snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * // POST to /service/public/v2/api/servicedef
 * const body = JSON.stringify(snowflakeServiceDef)
 * if (!body.includes('"createschema"')) throw new Error('unexpected')
 * ```
 */
export const snowflakeServiceDef: RangerServiceDefJson = {
  name: 'snowflake',
  displayName: 'snowflake',
  implClass: '',
  label: 'Snowflake',
  description: 'Snowflake',
  guid: '5f3a6a0e-8c1d-4c55-9d0b-2f5c7d6d8a41',
  options: { enableDenyAndExceptionsInPolicies: 'true' },
  resources: [
    level(1, 'database', '', typesOf('database'), 'Database, by its stored name'),
    level(2, 'schema', 'database', typesOf('schema'), 'Schema, by its stored name'),
    level(3, 'table', 'schema', typesOf('table'), 'Table or view, by its stored name'),
    level(4, 'column', 'table', typesOf('table'), 'Column, by its stored name'),
    level(5, 'warehouse', '', typesOf('warehouse'), 'Warehouse, by its stored name')
  ],
  accessTypes: Object.values(levelTypes)
    .flat()
    .map(([label, category], index) => ({ itemId: index + 1, name: label.toLowerCase(), label, category })),
  configs,
  enums: [],
  contextEnrichers: [],
  policyConditions: [],
  dataMaskDef: {
    accessTypes: selectOnly,
    resources: [leaf(1, 'database', false), leaf(2, 'schema', false), leaf(3, 'table', false), leaf(4, 'column', true)],
    maskTypes
  },
  rowFilterDef: {
    accessTypes: selectOnly,
    resources: [leaf(1, 'database', false), leaf(2, 'schema', false), leaf(3, 'table', true)]
  }
}

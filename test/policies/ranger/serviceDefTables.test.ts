/** The tables in docs/policies.md say what the code does; run with `WRITE_POLICY_TABLES=1` to write them anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { snowflakeServiceDef } from 'on-demand-sync/policies'
import type { Mask } from 'on-demand-sync'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { privilegesOf } from '../../../src/policies/ranger/compile/privilegeNames.ts'
import { rangerMask } from '../../../src/policies/ranger/compile/rangerMask.ts'

const file = 'docs/policies.md'
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')

/** The types of Ranger's definitions for Hive and Trino are listed with ours. */
const types = [...snowflakeServiceDef.accessTypes.map(({ name }) => name), 'use', 'read', 'monitor', 'modify']

const accessTypes = (): string => {
  const columns = (['database', 'schema', 'relation'] as const).map(level =>
    [...privilegesOf(level, [...new Set(types)])].map(
      ([privilege, of]) => `${of.map(type => `\`${type}\``).join(', ')}: ${privilege}`
    )
  )
  const height = Math.max(...columns.map(({ length }) => length))
  const rows = Array.from({ length: height }, (_, row) => columns.map(column => column[row] ?? ''))
  return table(['on a database', 'on a schema', 'on a table or view'], rows)
}

const customs: ReadonlyArray<readonly [RegExp, string]> = [
  [/^DATE_TRUNC\('YEAR', \{col\}\)$/, 'the first day of its year'],
  [/LEFT\(TO_VARCHAR/, 'its first four digits, then as many 1 as there are more'],
  [/\* 10000 \+ MOD/, 'its last four digits, after as many 1 as there are more'],
  [/^IFF\(\{col\} = 0, 1/, 'as many 1 as it has digits, with its sign']
]

const inWords = (mask: Mask, note: string | undefined): string => {
  switch (mask.kind) {
    case 'null':
      return note === undefined ? 'NULL' : 'NULL, noted'
    case 'clear':
      return 'the value'
    case 'hash':
      return 'SHA-256 in hexadecimal'
    case 'redact':
      return 'letters as x or X, digits as 0, all beyond ASCII as x'
    case 'show first':
      return `its first ${mask.characters}, the rest as \`*\``
    case 'show last':
      return `its last ${mask.characters}, the rest as \`*\``
    case 'custom':
      return customs.find(([form]) => form.test(mask.expression))?.[1] ?? mask.expression
  }
}

const masks = (): string =>
  table(
    ['mask type', 'VARCHAR and its like', 'NUMBER and its like', 'DATE, TIMESTAMP', 'all others'],
    snowflakeServiceDef.dataMaskDef.maskTypes.map(({ name }) => [
      `\`${name}\``,
      ...['VARCHAR(20)', 'NUMBER(10,0)', 'TIMESTAMP_NTZ(9)', 'VARIANT'].map(dataType => {
        const info = { dataMaskType: name, ...(name === 'CUSTOM' ? { valueExpr: 'the expression, as that type' } : {}) }
        const { mask, note } = rangerMask(info, dataType, sql => sql)
        return inWords(mask, note)
      })
    ])
  )

const written = (text: string): string =>
  [
    ['access types', accessTypes()],
    ['masks', masks()]
  ].reduce(
    (found, [name = '', made = '']) =>
      found.replace(
        new RegExp(`(<!-- ${name}: [^>]*-->\n)[^]*?(\n<!-- end -->)`),
        (_, head: string, end: string) => `${head}\n${made}\n${end}`
      ),
    text
  )

it('the tables of access types and masks are those of the code', async () => {
  const text = readFileSync(file, 'utf8')
  const made = await format(written(text), { ...(await resolveConfig(file)), filepath: file })
  if (process.env['WRITE_POLICY_TABLES'] === '1') writeFileSync(file, made)
  expect(made).toContain('| `MASK_NULL`')
  expect(made).toContain('CREATE SCHEMA')
  expect(readFileSync(file, 'utf8')).toBe(made)
})

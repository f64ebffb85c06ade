/** Masks and row filters of the policies as Snowflake policies. What a type cannot carry becomes NULL, and is noted (promise 5). */
import * as E from 'fp-ts/lib/Either.js'
import type { ColumnMask, Mask, RowFilter } from '../access/DesiredAccess.ts'
import type { Principal, Who } from '../access/Principal.ts'
import { columnNamesIn, readSqlExpression, writeSqlExpression } from '../internal/sqlExpression.ts'
import type { Column } from '../Resource.ts'
import type { ColumnType } from './columnType.ts'
import { columnType } from './columnType.ts'
import { quoteIdentifier, quoteText } from './identifiers.ts'
import type { PolicyObject, PolicySchema } from './PolicyObject.ts'
import { policyObject } from './PolicyObject.ts'

/** A policy, and what was narrowed on the way. */
export interface Rendered {
  readonly policy: PolicyObject
  readonly notes: ReadonlyArray<string>
}

/** `IS_ROLE_IN_SESSION` takes stored names and counts inherited roles; it answers NULL in a share, which is not TRUE. */
const isPrincipal = ({ type, name }: Principal): string =>
  type === 'role' ? `IS_ROLE_IN_SESSION(${quoteText(name)})` : `CURRENT_USER() = ${quoteText(name)}`

const condition = ({ anyOf, noneOf }: Who): string => {
  const some = anyOf === 'everyone' ? 'TRUE' : anyOf.length === 0 ? 'FALSE' : `(${anyOf.map(isPrincipal).join(' OR ')})`
  return noneOf.length === 0
    ? some
    : `${some} AND NOT (${noneOf.map(principal => `COALESCE(${isPrincipal(principal)}, TRUE)`).join(' OR ')})`
}

/** An expression that shows a value, or why it must be NULL. */
type Shown = E.Either<string, { readonly sql: string; readonly alsoReads: ReadonlyArray<string> }>

const plain = (sql: string): Shown => E.right({ sql, alsoReads: [] })
const textOnly = (what: string): Shown => E.left(`${what} works on text only, NULL is shown instead`)

const showMask = (mask: Mask, value: string, type: ColumnType, others: ReadonlyMap<string, Column>): Shown => {
  const text = type.family === 'text'
  switch (mask.kind) {
    case 'clear':
      return plain(value)
    case 'null':
      return plain('NULL')
    case 'hash':
      return text ? plain(`SHA2(${value}, 256)`) : textOnly('hash')
    case 'redact':
      return text ? plain(redacted(value)) : textOnly('redact')
    case 'show first':
      return text
        ? plain(
            partly(value, mask.characters, `LEFT(${value}, ${mask.characters}) || ${stars(value, mask.characters)}`)
          )
        : textOnly('show first')
    case 'show last':
      return text
        ? plain(
            partly(value, mask.characters, `${stars(value, mask.characters)} || RIGHT(${value}, ${mask.characters})`)
          )
        : textOnly('show last')
    case 'custom':
      return custom(mask.expression, value, others)
  }
}

const stars = (value: string, shown: number): string => `REPEAT('*', LENGTH(${value}) - ${shown})`
/** A text that is not longer than what may be shown is hidden whole: short values must not show clear. */
const partly = (value: string, shown: number, sql: string): string =>
  `IFF(LENGTH(${value}) > ${shown}, ${sql}, REPEAT('*', LENGTH(${value})))`
/** Whatever is not plain ASCII becomes x as well: a letter class that knows only ASCII would show other scripts clear. */
const redacted = (value: string): string =>
  [
    ['[A-Z]', 'X'],
    ['[a-z]', 'x'],
    ['[0-9]', '0'],
    ['[^ -~]', 'x']
  ].reduce(
    (sql, [pattern = '', letter = '']) => `REGEXP_REPLACE(${sql}, ${quoteText(pattern)}, ${quoteText(letter)})`,
    value
  )

const custom = (expression: string, value: string, others: ReadonlyMap<string, Column>): Shown => {
  const tokens = readSqlExpression(expression)
  if (E.isLeft(tokens)) return E.left(`the custom mask ${tokens.left}, NULL is shown instead`)
  if (tokens.right.some(({ kind, raw }) => kind === 'placeholder' && raw !== '{col}'))
    return E.left('the custom mask holds an unknown placeholder, NULL is shown instead')
  return E.right({
    sql: `(${writeSqlExpression(tokens.right, { '{col}': value })})`,
    alsoReads: columnNamesIn(tokens.right).filter(name => others.has(name))
  })
}

/** A name for the masked value that is no column's. */
const valueName = (columns: ReadonlyMap<string, Column>): string => {
  let name = 'VAL'
  while (columns.has(name)) name += '_'
  return name
}

/** The masking policy of a column. */
export const renderMask = (
  home: PolicySchema,
  mask: ColumnMask,
  column: Column,
  columns: ReadonlyArray<Column>
): Rendered => {
  const type = columnType(column.dataType)
  const byName = new Map(columns.map(each => [each.name, each]))
  const name = valueName(byName)
  const notes: Array<string> = []
  const reads = new Set<string>()
  const show = (kind: Mask): string => {
    const shown = showMask(kind, quoteIdentifier(name), type, byName)
    if (E.isLeft(shown)) notes.push(`column ${column.name}: ${shown.left}`)
    else for (const other of shown.right.alsoReads) reads.add(other)
    return fit(E.isLeft(shown) ? 'NULL' : shown.right.sql, kind, type)
  }
  const whens = mask.rules.map(rule => `WHEN ${condition(rule.who)} THEN ${show(rule.mask)}`)
  const otherwise = show(mask.otherwise)
  const body = whens.length === 0 ? otherwise : `CASE ${whens.join(' ')} ELSE ${otherwise} END`
  const others = [...reads].flatMap(other => byName.get(other) ?? [])
  const parameters = [
    { name, type: type.sql },
    ...others.map(other => ({ name: other.name, type: columnType(other.dataType).sql }))
  ]
  return {
    policy: policyObject(home, 'MASKING POLICY', parameters, body, [column.name, ...others.map(other => other.name)]),
    notes: [...new Set(notes)]
  }
}

/** Every branch has the column's type, and no masked text is longer than the column takes. */
const fit = (sql: string, { kind }: Mask, type: ColumnType): string => {
  if (kind === 'clear') return sql
  const cast = `CAST(${sql} AS ${type.sql})`
  return type.maxLength === undefined || kind === 'null' ? cast : `LEFT(${cast}, ${type.maxLength})`
}

/** The row access policy of a relation, or why there can be none. */
export const renderFilter = (
  home: PolicySchema,
  filter: RowFilter,
  columns: ReadonlyArray<Column>
): E.Either<string, Rendered> => {
  const byName = new Map(columns.map(column => [column.name, column]))
  const reads = new Set<string>()
  const notes: Array<string> = []
  const whens = filter.rules.map(({ who, where }) => {
    const tokens = readSqlExpression(where)
    if (E.isLeft(tokens)) notes.push(`a row filter ${tokens.left}: no row is shown to those it is for`)
    else for (const name of columnNamesIn(tokens.right)) if (byName.has(name)) reads.add(name)
    return `WHEN ${condition(who)} THEN ${E.isLeft(tokens) ? 'FALSE' : `(${writeSqlExpression(tokens.right, {})})`}`
  })
  // A signature has at least one column, whether the filter looks at it or not.
  const [first] = columns
  if (reads.size === 0 && first !== undefined) reads.add(first.name)
  const bound = [...reads].flatMap(name => byName.get(name) ?? [])
  if (bound.length === 0) return E.left('a row filter needs a relation with columns')
  const otherwise = filter.otherwise === 'all rows' ? 'TRUE' : 'FALSE'
  const body = whens.length === 0 ? otherwise : `CASE ${whens.join(' ')} ELSE ${otherwise} END`
  const parameters = bound.map(({ name, dataType }) => ({ name, type: columnType(dataType).sql }))
  return E.right({
    policy: policyObject(
      home,
      'ROW ACCESS POLICY',
      parameters,
      body,
      bound.map(({ name }) => name)
    ),
    notes
  })
}

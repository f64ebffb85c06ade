/**
 * Aggregates and window functions.
 *
 * @see https://docs.snowflake.com/en/sql-reference/functions-aggregation
 * @see https://docs.snowflake.com/en/sql-reference/functions-analytic
 */
import type { DataType } from '../../sql/DataType.ts'
import { asText, castTo } from '../coerce.ts'
import type { Compiled } from '../Compiled.ts'
import { isSemiStructured, isText } from '../engineTypes.ts'
import { boolean, float, number, sameAsFirst, text } from './FunctionTable.ts'

export interface AggregateParts {
  readonly args: ReadonlyArray<Compiled>
  /** `DISTINCT ` or nothing. */
  readonly distinct: string
  /** ` ORDER BY …` of WITHIN GROUP, or nothing. */
  readonly orderBy: string
  readonly ignoreNulls: boolean
}

export interface AggregateFunction {
  readonly min: number
  readonly max: number
  readonly type: DataType | ((args: ReadonlyArray<Compiled>) => DataType | undefined)
  /** Must have an OVER clause. */
  readonly windowOnly?: boolean
  readonly write: (parts: AggregateParts) => string
}

type Rule = AggregateFunction['type']

const plain = (name: string, type: Rule, min = 1, max = min): AggregateFunction => ({
  min,
  max,
  type,
  write: ({ args, distinct, orderBy }) => `${name}(${distinct}${args.map(arg => arg.sql).join(', ')}${orderBy})`
})

const numeric = (name: string, type: Rule): AggregateFunction => {
  const rule = plain(name, type)
  return { ...rule, write: parts => rule.write({ ...parts, args: parts.args.map(toNumber) }) }
}

const toNumber = (arg: Compiled): Compiled =>
  isText(arg.type) || isSemiStructured(arg.type) ? castTo(arg, float) : arg

const window = (name: string, type: Rule, min = 0, max = min): AggregateFunction => ({
  ...plain(name, type, min, max),
  windowOnly: true,
  write: ({ args, ignoreNulls }) =>
    `${name}(${args.map(arg => arg.sql).join(', ')}${ignoreNulls ? ' IGNORE NULLS' : ''})`
})

/** LAG and LEAD take their offset as a whole number of the engine's own kind. */
const shift = (name: string): AggregateFunction => ({
  ...window(name, sameAsFirst, 1, 3),
  write: ({ args: [value, offset, otherwise], ignoreNulls }) => {
    const more =
      offset === undefined
        ? ''
        : `, CAST(${offset.sql} AS BIGINT)${otherwise === undefined ? '' : `, ${otherwise.sql}`}`
    return `${name}(${value?.sql ?? 'NULL'}${more}${ignoreNulls ? ' IGNORE NULLS' : ''})`
  }
})

const unknown = (): undefined => undefined

const listAgg: AggregateFunction = {
  min: 1,
  max: 2,
  type: text,
  write: ({ args: [value, separator], distinct, orderBy }) =>
    `coalesce(string_agg(${distinct}${value === undefined ? 'NULL' : asText(value).sql}, ${separator?.sql ?? "''"}${orderBy}), '')`
}

const arrayAgg: AggregateFunction = {
  min: 1,
  max: 1,
  type: { name: 'ARRAY' },
  write: ({ args: [value], distinct, orderBy }) =>
    `coalesce(to_json(list(${distinct}${value?.sql ?? 'NULL'}${orderBy}) FILTER (WHERE ${value?.sql ?? 'NULL'} IS NOT NULL)), '[]')`
}

const percentile = (name: string): AggregateFunction => ({
  min: 1,
  max: 1,
  type: unknown,
  // WITHIN GROUP (ORDER BY x) names the values; the engine takes them as the first argument.
  write: ({ args: [fraction], orderBy }) =>
    `${name}(${orderBy.replace(/^ ORDER BY /, '').replace(/ (ASC|DESC) NULLS (FIRST|LAST)$/, '')}, ${fraction?.sql ?? '0'})`
})

export const aggregateFunctions: Readonly<Record<string, AggregateFunction>> = {
  COUNT: { min: 0, max: 9, type: number, write: ({ args, distinct }) => writeCount(args, distinct) },
  COUNT_IF: plain('count_if', number),
  SUM: numeric('sum', args => (args[0]?.type?.name === 'NUMBER' ? { ...args[0].type, precision: 38 } : float)),
  AVG: numeric('avg', float),
  MIN: plain('min', sameAsFirst),
  MAX: plain('max', sameAsFirst),
  MEDIAN: numeric('median', unknown),
  MODE: plain('mode', sameAsFirst),
  STDDEV: numeric('stddev_samp', float),
  STDDEV_SAMP: numeric('stddev_samp', float),
  STDDEV_POP: numeric('stddev_pop', float),
  VARIANCE: numeric('var_samp', float),
  VAR_SAMP: numeric('var_samp', float),
  VAR_POP: numeric('var_pop', float),
  CORR: plain('corr', float, 2),
  COVAR_POP: plain('covar_pop', float, 2),
  COVAR_SAMP: plain('covar_samp', float, 2),
  ANY_VALUE: plain('any_value', sameAsFirst),
  APPROX_COUNT_DISTINCT: plain('approx_count_distinct', number),
  MIN_BY: plain('min_by', sameAsFirst, 2),
  MAX_BY: plain('max_by', sameAsFirst, 2),
  BOOLAND_AGG: plain('bool_and', boolean),
  BOOLOR_AGG: plain('bool_or', boolean),
  LISTAGG: listAgg,
  STRING_AGG: listAgg,
  ARRAY_AGG: arrayAgg,
  OBJECT_AGG: {
    min: 2,
    max: 2,
    type: { name: 'OBJECT' },
    write: ({ args: [key, value] }) => `json_group_object(${key?.sql ?? ''}, ${value?.sql ?? ''})`
  },
  PERCENTILE_CONT: percentile('quantile_cont'),
  PERCENTILE_DISC: percentile('quantile_disc'),
  GROUPING: plain('grouping', number, 1, 9),
  GROUPING_ID: plain('grouping', number, 1, 9),
  ROW_NUMBER: window('row_number', number),
  RANK: window('rank', number),
  DENSE_RANK: window('dense_rank', number),
  PERCENT_RANK: window('percent_rank', float),
  CUME_DIST: window('cume_dist', float),
  NTILE: { ...window('ntile', number, 1), write: ({ args: [count] }) => `ntile(CAST(${count?.sql ?? '1'} AS BIGINT))` },
  FIRST_VALUE: window('first_value', sameAsFirst, 1),
  LAST_VALUE: window('last_value', sameAsFirst, 1),
  NTH_VALUE: window('nth_value', sameAsFirst, 2),
  LAG: shift('lag'),
  LEAD: shift('lead')
}

/** COUNT(a, b) counts rows where neither is NULL. */
const writeCount = (args: ReadonlyArray<Compiled>, distinct: string): string => {
  const [first, ...rest] = args.map(arg => arg.sql)
  if (first === undefined) return 'count(*)'
  if (rest.length === 0) return `count(${distinct}${first})`
  const all = [first, ...rest]
  return `count(${distinct}CASE WHEN ${all.map(sql => `${sql} IS NOT NULL`).join(' AND ')} THEN (${all.join(', ')}) END)`
}

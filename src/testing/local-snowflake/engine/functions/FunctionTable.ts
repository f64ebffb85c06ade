/** How a function of Snowflake's is written in DuckDB, as a table of small rules. */
import { booleanType, floatType, numberType, textType } from '../../sql/DataType.ts'
import type { DataType } from '../../sql/DataType.ts'
import { StatementError } from '../../StatementError.ts'
import { asText, castTo } from '../coerce.ts'
import type { Compiled } from '../Compiled.ts'
import { isSemiStructured, isText } from '../engineTypes.ts'

export type Build = (args: ReadonlyArray<Compiled>) => Compiled

export interface ScalarFunction {
  readonly min: number
  readonly max: number
  readonly build: Build
}

export type FunctionTable = Readonly<Record<string, ScalarFunction>>

type TypeRule = DataType | ((args: ReadonlyArray<Compiled>) => DataType | undefined)

const ruled = (rule: TypeRule, args: ReadonlyArray<Compiled>): DataType | undefined =>
  typeof rule === 'function' ? rule(args) : rule

/** `$1` … `$9` in the template are the arguments, `$*` all of them. */
export const fill = (template: string, args: ReadonlyArray<Compiled>): string =>
  template.replaceAll(/\$([1-9*])/g, (_, which: string) =>
    which === '*' ? args.map(arg => arg.sql).join(', ') : (args[Number(which) - 1]?.sql ?? 'NULL')
  )

export const scalar = (template: string, type: TypeRule, min: number, max: number = min): ScalarFunction => ({
  min,
  max,
  build: args => ({ sql: fill(template, args), type: ruled(type, args) })
})

/** One template per number of arguments, from `min` on. */
export const overloads = (type: TypeRule, min: number, ...templates: ReadonlyArray<string>): ScalarFunction => ({
  min,
  max: min + templates.length - 1,
  build: args => ({ sql: fill(templates[args.length - min] ?? '', args), type: ruled(type, args) })
})

export const built = (min: number, max: number, build: Build): ScalarFunction => ({ min, max, build })

/** The same, with every argument brought to text first. */
export const ofText = (rule: ScalarFunction, ...positions: ReadonlyArray<number>): ScalarFunction => ({
  ...rule,
  build: args =>
    rule.build(args.map((arg, i) => (positions.length === 0 || positions.includes(i) ? asText(arg) : toInteger(arg))))
})

/** The same, with texts and variants brought to numbers first. */
export const ofNumbers = (rule: ScalarFunction): ScalarFunction => ({
  ...rule,
  build: args => rule.build(args.map(toNumber))
})

const toNumber = (arg: Compiled): Compiled =>
  isText(arg.type) || isSemiStructured(arg.type) ? castTo(arg, floatType) : arg

/** Lengths and positions: the engine takes whole numbers of its own kind. */
const toInteger = (arg: Compiled): Compiled => ({ ...arg, sql: `CAST(${arg.sql} AS BIGINT)` })

export const text: DataType = textType()
export const number: DataType = numberType()
export const boolean: DataType = booleanType
export const float: DataType = floatType
export const sameAsFirst = (args: ReadonlyArray<Compiled>): DataType | undefined => args[0]?.type
export const sameAsSecond = (args: ReadonlyArray<Compiled>): DataType | undefined => args[1]?.type

export const wrongArgumentCount = (name: string, given: number): StatementError =>
  new StatementError(
    '000939',
    '22023',
    `SQL compilation error:\nwrong number of arguments for function [${name}]: ${given} given.`
  )

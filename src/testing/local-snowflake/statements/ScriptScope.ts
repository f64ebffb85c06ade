/** The names of a scripting block: variables, rows, cursors and exceptions, each level inside the one around it. */
import { booleanLiteral, numberLiteral } from '../sql/Literal.ts'
import type { Literal } from '../sql/Literal.ts'
import type { Declaration, Fragment } from '../sql/ScriptStatement.ts'
import type { Token } from '../sql/Token.ts'
import { refused } from '../StatementError.ts'
import type { StatementError } from '../StatementError.ts'
import type { ResultSet } from './ResultSet.ts'

type Exception = Extract<Declaration, { kind: 'exception' }>

export interface ScriptScope {
  /** Upper-case name; a record's field by `RECORD.FIELD`. */
  readonly value: (name: string) => Literal | undefined
  readonly declare: (name: string, value: Literal) => void
  readonly assign: (name: string, value: Literal) => void
  readonly declareRecord: (name: string, fields: ReadonlyMap<string, Literal>) => void
  /** A variable for rows, which may get them later. */
  readonly declareResult: (name: string, result: ResultSet | undefined) => void
  readonly isResult: (name: string) => boolean
  readonly assignResult: (name: string, result: ResultSet) => void
  readonly result: (name: string) => ResultSet | undefined
  readonly declareCursor: (name: string, query: Fragment) => void
  readonly cursor: (name: string) => Fragment | undefined
  readonly declareException: (exception: Exception) => void
  readonly exception: (name: string) => Exception | undefined
  readonly currentError: () => StatementError | undefined
  readonly setCurrentError: (error: StatementError) => void
  /** SQLROWCOUNT and SQLFOUND of the last statement. */
  readonly noteRowCount: (count: number) => void
  /** The fragment with a colon before every variable, so that it reads as one. */
  readonly substitute: (fragment: Fragment) => Fragment
}

export const createScriptScope = (outer?: ScriptScope): ScriptScope => {
  const variables = new Map<string, Literal>()
  const results = new Map<string, ResultSet | undefined>()
  const cursors = new Map<string, Fragment>()
  const exceptions = new Map<string, Exception>()
  let error: StatementError | undefined

  const value = (name: string): Literal | undefined => variables.get(name) ?? outer?.value(name)
  const assign = (name: string, literal: Literal): void => {
    if (variables.has(name)) variables.set(name, literal)
    else if (outer?.value(name) !== undefined) outer.assign(name, literal)
    else throw refused(`Variable '${name}' is not declared.`)
  }
  return {
    value,
    declare: (name, literal) => void variables.set(name, literal),
    assign,
    declareRecord: (name, fields) => {
      for (const [field, literal] of fields) variables.set(`${name}.${field}`, literal)
    },
    declareResult: (name, result) => void results.set(name, result),
    isResult: name => results.has(name) || outer?.isResult(name) === true,
    assignResult: (name, result) => {
      if (results.has(name)) results.set(name, result)
      else outer?.assignResult(name, result)
    },
    result: name => results.get(name) ?? outer?.result(name),
    declareCursor: (name, query) => void cursors.set(name, query),
    cursor: name => cursors.get(name) ?? outer?.cursor(name),
    declareException: exception => void exceptions.set(exception.name, exception),
    exception: name => exceptions.get(name) ?? outer?.exception(name),
    currentError: () => error ?? outer?.currentError(),
    setCurrentError: raised => {
      error = raised
    },
    noteRowCount: count => {
      variables.set('SQLROWCOUNT', numberLiteral(count))
      variables.set('SQLFOUND', booleanLiteral(count > 0))
    },
    substitute: fragment => fragment.flatMap((token, i) => substituteToken(token, fragment, i, value))
  }
}

/** `X` becomes `:X`, `REC.FIELD` becomes `:"REC.FIELD"`; what follows a colon, a dot or stands before a parenthesis stays. */
const substituteToken = (
  token: Token,
  fragment: Fragment,
  at: number,
  value: (name: string) => Literal | undefined
): ReadonlyArray<Token> => {
  const before = fragment[at - 1]
  const [dot, field] = [fragment[at + 1], fragment[at + 2]]
  const isName = token.kind === 'word' || token.kind === 'quoted'
  if (before?.value === '.' && before.kind === 'symbol') return isField(fragment, at, value) ? [] : [token]
  if (isName && dot?.value === '.' && field !== undefined && value(`${token.value}.${field.value}`) !== undefined) {
    return [
      { ...token, kind: 'symbol', value: ':' },
      { ...token, kind: 'quoted', value: `${token.value}.${field.value}` }
    ]
  }
  if (token.kind === 'symbol' && token.value === '.' && isField(fragment, at + 1, value)) return []
  const bound = before?.kind === 'symbol' && before.value === ':'
  if (!isName || bound || dot?.value === '(' || value(token.value) === undefined) return [token]
  return [{ ...token, kind: 'symbol', value: ':' }, token]
}

const isField = (fragment: Fragment, at: number, value: (name: string) => Literal | undefined): boolean => {
  const [record, field] = [fragment[at - 2], fragment[at]]
  return record !== undefined && field !== undefined && value(`${record.value}.${field.value}`) !== undefined
}

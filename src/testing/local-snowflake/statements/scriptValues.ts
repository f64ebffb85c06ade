/** What the steps of a script work on: its variables, its statements, the values of its expressions. */
import { createParser } from '../sql/createParser.ts'
import type { Placeholders } from '../sql/Cursor.ts'
import { nullLiteral } from '../sql/Literal.ts'
import type { Literal } from '../sql/Literal.ts'
import type { Declaration, Fragment } from '../sql/ScriptStatement.ts'
import { withoutParentheses } from '../sql/takeFragment.ts'
import { refused } from '../StatementError.ts'
import { textColumn } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { ScriptScope } from './ScriptScope.ts'
import type { StatementContext } from './StatementContext.ts'
import { evaluateExpression } from './variables.ts'

export interface Script {
  readonly context: StatementContext
  readonly source: string
  readonly scope: ScriptScope
}

export const scalarResult = (value: Literal): ResultSet => ({
  columns: [textColumn('anonymous block')],
  rows: [[value.type === 'null' ? null : value.text]],
  statementType: 'select'
})

const placeholders = ({ context, scope }: Script): Placeholders => ({
  ...context.placeholders,
  scriptVariable: scope.value
})

export const runSql = async (script: Script, statement: Fragment): Promise<ResultSet> => {
  // EXECUTE IMMEDIATE takes expressions, in which variables stand without their colon.
  const tokens = statement[0]?.value === 'EXECUTE' ? script.scope.substitute(statement) : statement
  const result = await script.context.run(script.source, tokens, placeholders(script))
  const touched =
    result.columns[0]?.name.startsWith('number of') === true ? Number(result.rows[0]?.[0] ?? 0) : result.rows.length
  script.scope.noteRowCount(touched)
  return result
}

/** Inside an expression a variable stands without its colon. */
export const evaluate = async (script: Script, fragment: Fragment): Promise<Literal> => {
  const parser = createParser(script.source, script.scope.substitute(fragment), placeholders(script))
  const expression = parser.expression()
  if (parser.peek().kind !== 'end') throw parser.unexpected()
  return evaluateExpression(script.context, expression)
}

export const isTrue = async (script: Script, condition: Fragment): Promise<boolean> =>
  (await evaluate(script, condition)).text === 'true'

export const declare = async (script: Script, declaration: Declaration): Promise<void> => {
  const { scope } = script
  switch (declaration.kind) {
    case 'variable':
      scope.declare(
        declaration.name,
        declaration.value === undefined ? nullLiteral : await evaluate(script, declaration.value)
      )
      return
    case 'resultSet':
      scope.declareResult(
        declaration.name,
        declaration.query === undefined ? undefined : await runSql(script, declaration.query)
      )
      return
    case 'cursor':
      // A cursor's query runs when the loop over it begins.
      if (declaration.query !== undefined) scope.declareCursor(declaration.name, declaration.query)
      return
    case 'exception':
      scope.declareException(declaration)
  }
}

export const assign = async (script: Script, name: string, value: Fragment): Promise<void> => {
  if (script.scope.isResult(name)) script.scope.assignResult(name, await runSql(script, withoutParentheses(value)))
  else script.scope.assign(name, await evaluate(script, value))
}

/** `RETURN TABLE(rs)` gives the rows, anything else one value. */
export const returned = async (script: Script, value: Fragment | undefined): Promise<ResultSet> => {
  const [word, , name] = value ?? []
  if (value === undefined) return scalarResult(nullLiteral)
  if (word?.kind !== 'word' || word.value !== 'TABLE') return scalarResult(await evaluate(script, value))
  const rows = name === undefined ? undefined : await rowsOf(script, name.value)
  if (rows === undefined) throw refused('RETURN TABLE needs a result set.')
  return rows
}

export const rowsOf = async (script: Script, name: string): Promise<ResultSet | undefined> => {
  const query = script.scope.cursor(name)
  return query === undefined ? script.scope.result(name) : runSql(script, query)
}

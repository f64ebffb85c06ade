/**
 * Snowflake Scripting: blocks with variables, branches, loops and handlers.
 *
 * @see https://docs.snowflake.com/en/developer-guide/snowflake-scripting/index
 */
import { nullLiteral, numberLiteral, textLiteral } from '../sql/Literal.ts'
import type { ExecuteImmediate, Handler, ScriptBlock, Step } from '../sql/ScriptStatement.ts'
import { tokenize } from '../sql/tokenize.ts'
import { StatementError, refused } from '../StatementError.ts'
import type { ResultSet } from './ResultSet.ts'
import { createScriptScope } from './ScriptScope.ts'
import { turns } from './scriptLoops.ts'
import type { Loop } from './scriptLoops.ts'
import { assign, declare, evaluate, isTrue, returned, runSql, scalarResult } from './scriptValues.ts'
import type { Script } from './scriptValues.ts'
import type { StatementContext } from './StatementContext.ts'
import { evaluateExpression } from './variables.ts'

/** How a list of steps ended. */
type Outcome =
  { readonly kind: 'next' | 'break' | 'continue' } | { readonly kind: 'return'; readonly result: ResultSet }

const next: Outcome = { kind: 'next' }

export const runBlock = async (block: ScriptBlock, context: StatementContext): Promise<ResultSet> => {
  const outcome = await runNested({ context, source: block.source, scope: createScriptScope() }, block)
  return outcome.kind === 'return' ? outcome.result : scalarResult(nullLiteral)
}

export const executeImmediate = async (statement: ExecuteImmediate, context: StatementContext): Promise<ResultSet> => {
  const { text } = await evaluateExpression(context, statement.text)
  const binds = await Promise.all(statement.using.map(expression => evaluateExpression(context, expression)))
  return context.run(text, tokenize(text), { ...context.placeholders, bind: index => binds[index - 1] })
}

const runNested = async (script: Script, block: ScriptBlock): Promise<Outcome> => {
  const inner: Script = { ...script, scope: createScriptScope(script.scope) }
  try {
    for (const declaration of block.declarations) await declare(inner, declaration)
    return await runSteps(inner, block.body)
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    const handler = block.handlers.find(({ exceptions }) => exceptions.some(name => catches(inner, name, error)))
    if (handler === undefined) throw error
    return await handle(inner, handler, error)
  }
}

const catches = ({ scope }: Script, name: string, error: StatementError): boolean => {
  if (name === 'OTHER') return true
  const own = scope.exception(name)
  if (own !== undefined) return error.code === String(own.number)
  return name === 'STATEMENT_ERROR'
    ? !error.code.startsWith('-')
    : name === 'EXPRESSION_ERROR' && error.code.startsWith('1000')
}

const handle = async (script: Script, handler: Handler, error: StatementError): Promise<Outcome> => {
  const scope = createScriptScope(script.scope)
  scope.declare('SQLCODE', numberLiteral(Number(error.code)))
  scope.declare('SQLERRM', textLiteral(error.message))
  scope.declare('SQLSTATE', textLiteral(error.sqlState))
  scope.setCurrentError(error)
  return runSteps({ ...script, scope }, handler.body)
}

const runSteps = async (script: Script, steps: ReadonlyArray<Step>): Promise<Outcome> => {
  for (const step of steps) {
    script.context.signal.throwIfAborted()
    const outcome = await runStep(script, step)
    if (outcome.kind !== 'next') return outcome
  }
  return next
}

const runStep = async (script: Script, step: Step): Promise<Outcome> => {
  switch (step.kind) {
    case 'sql':
      await runSql(script, step.statement)
      return next
    case 'declare':
      await declare(script, step.declaration)
      return next
    case 'assign':
      await assign(script, step.name, step.value)
      return next
    case 'return':
      return { kind: 'return', result: await returned(script, step.value) }
    case 'if':
      return runSteps(script, (await firstTrue(script, step.branches)) ?? step.otherwise)
    case 'case':
      return runCase(script, step)
    case 'forRange':
    case 'forEach':
    case 'while':
    case 'repeat':
    case 'loop':
      return runLoop(script, step)
    case 'break':
    case 'continue':
      return { kind: step.kind }
    case 'nothing':
      return next
    case 'raise':
      throw raised(script, step.exception)
    case 'nested':
      return runNested(script, step.block)
  }
}

const firstTrue = async (
  script: Script,
  branches: Extract<Step, { kind: 'if' }>['branches']
): Promise<ReadonlyArray<Step> | undefined> => {
  for (const { condition, body } of branches) if (await isTrue(script, condition)) return body
  return undefined
}

const runCase = async (script: Script, step: Extract<Step, { kind: 'case' }>): Promise<Outcome> => {
  if (step.operand === undefined) return runSteps(script, (await firstTrue(script, step.branches)) ?? step.otherwise)
  const operand = await evaluate(script, step.operand)
  for (const { condition, body } of step.branches) {
    if ((await evaluate(script, condition)).text === operand.text) return runSteps(script, body)
  }
  return runSteps(script, step.otherwise)
}

const raised = (script: Script, name: string | undefined): StatementError => {
  if (name === undefined) return script.scope.currentError() ?? refused('RAISE without an exception to raise again.')
  const exception = script.scope.exception(name)
  if (exception === undefined) throw refused(`Exception '${name}' is not declared.`)
  return new StatementError(String(exception.number), 'P0001', exception.message)
}

const turnsAtATime = 64

const runLoop = async (script: Script, loop: Loop): Promise<Outcome> => {
  let taken = 0
  for await (const turn of turns(script, loop)) {
    taken += 1
    // An endless loop must not keep the server from hearing that it is cancelled.
    if (taken % turnsAtATime === 0) await new Promise(resolve => setImmediate(resolve))
    script.context.signal.throwIfAborted()
    const outcome = await runSteps(turn, loop.body)
    if (outcome.kind === 'return') return outcome
    if (outcome.kind === 'break') break
  }
  return next
}

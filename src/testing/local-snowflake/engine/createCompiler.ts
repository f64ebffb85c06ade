/** Ties the circle of compilers together, for one statement. */
import { currentDatabase, currentSchema } from '../Session.ts'
import type { StatementContext } from '../statements/StatementContext.ts'
import { compileExpression } from './compileExpression.ts'
import { compileQuery } from './compileQuery.ts'
import type { Compiler, Environment } from './Compiler.ts'
import { createPlan } from './Plan.ts'
import type { Plan } from './Plan.ts'

export const createCompiler = (context: StatementContext): Compiler => {
  const names = { database: currentDatabase(context.session), schema: currentSchema(context.session) }
  return withEnvironment(context, createPlan(), {
    access: context.access,
    invoker: context.session.role,
    names,
    current: names,
    commonTables: new Map(),
    expanding: []
  })
}

const withEnvironment = (context: StatementContext, plan: Plan, environment: Environment): Compiler => {
  const compiler: Compiler = {
    ...environment,
    context,
    plan,
    expression: (expression, scope) => compileExpression(compiler, expression, scope),
    query: (query, scope) => compileQuery(compiler, query, scope),
    within: change => withEnvironment(context, plan, { ...environment, ...change })
  }
  return compiler
}

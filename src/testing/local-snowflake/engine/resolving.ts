/** A compiler's environment in the form name look-ups take. */
import type { Session } from '../Session.ts'
import type { StatementContext } from '../statements/StatementContext.ts'
import type { Compiler } from './Compiler.ts'

export const resolving = (compiler: Compiler): Pick<StatementContext, 'account' | 'session' | 'access'> => {
  const { context, access, names } = compiler
  const session: Session = { ...context.session, database: names.database, schema: names.schema }
  return { account: context.account, session, access }
}

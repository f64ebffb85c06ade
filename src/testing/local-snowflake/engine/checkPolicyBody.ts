/** Reads a policy's body as it would be evaluated, and answers its type: unknown names and functions are refused before anyone is exposed. */
import type { Database, Schema } from '../catalog/Container.ts'
import type { PolicyArgument } from '../sql/CreateStatement.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Expression } from '../sql/SyntaxTree.ts'
import type { StatementContext } from '../statements/StatementContext.ts'
import { outputName } from './Compiled.ts'
import { createCompiler } from './createCompiler.ts'
import { emptyScope } from './Scope.ts'

export const checkPolicyBody = (
  context: StatementContext,
  schema: Schema,
  signature: ReadonlyArray<PolicyArgument>,
  body: Expression
): DataType | undefined => {
  const names = { schema, database: schema.parent as Database }
  const compiler = createCompiler(context).within({ names, current: names })
  const columns = signature.map(({ name, type }, i) => ({ name, type, sql: outputName(i) }))
  return compiler.expression(body, { ...emptyScope, relations: [{ qualifier: [], columns }] }).type
}

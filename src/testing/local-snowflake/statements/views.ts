/** CREATE VIEW and CREATE MATERIALIZED VIEW. */
import { trackPolicies } from '../catalog/trackPolicies.ts'
import type { Relation } from '../catalog/Relation.ts'
import { createCompiler } from '../engine/createCompiler.ts'
import type { CreateView } from '../sql/CreateStatement.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { refused, unsupported } from '../StatementError.ts'
import { resolveRowAccess } from './attachPolicies.ts'
import { appendColumns, buildRelation, plainColumn } from './buildRelation.ts'
import { columnTypes } from './createFromQuery.ts'
import { createInSchema } from './createObject.ts'
import { creatingRole } from './require.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { decorateColumns, replaceColumn } from './tables.ts'
import { setTags } from './tagging.ts'

export const createView = (statement: CreateView, context: StatementContext): Promise<ResultSet> => {
  if (statement.mode.orAlter) throw unsupported('CREATE OR ALTER VIEW')
  return createInSchema(context, {
    kind: statement.variant,
    name: statement.name,
    mode: statement.mode,
    copyGrants: statement.copyGrants,
    temporary: statement.temporary,
    noun: statement.variant === 'VIEW' ? 'View' : 'Materialized view',
    build: async (schema, name) => {
      const { query, queryText, text, secure } = statement
      const relation = buildRelation(context.account, {
        kind: statement.variant,
        schema,
        name,
        owner: creatingRole(context),
        temporaryIn: statement.temporary ? context.session.id : undefined,
        comment: statement.comment,
        view: { query, queryText, text, secure }
      })
      await addColumns(statement, context, relation)
      decorate(statement, context, relation)
      return relation
    }
  })
}

const addColumns = async (statement: CreateView, context: StatementContext, relation: Relation): Promise<void> => {
  const compiler = createCompiler(context)
  const compiled = compiler.query(statement.query)
  const types = await columnTypes(compiler, compiled)
  const { columns } = statement
  if (columns.length > 0 && columns.length !== types.length) {
    throw refused(
      `Invalid column definition list for view '${displayIdentifier(relation.name)}': ${columns.length} names, ${types.length} columns.`
    )
  }
  appendColumns(
    context.account,
    relation,
    types.map((type, i) => plainColumn(columns[i]?.name ?? compiled.columns[i]?.name ?? '', type))
  )
  for (const [i, { comment }] of columns.entries()) {
    const column = relation.columns[i]
    if (comment !== undefined && column !== undefined) replaceColumn(relation, { ...column, comment })
  }
}

const decorate = (statement: CreateView, context: StatementContext, relation: Relation): void => {
  decorateColumns(context, relation, statement.columns)
  const { rowAccess } = statement
  if (rowAccess !== undefined) {
    trackPolicies(relation, () => {
      relation.rowAccess = resolveRowAccess(context, relation, rowAccess)
    })
  }
  setTags(context, relation, statement.tags)
}

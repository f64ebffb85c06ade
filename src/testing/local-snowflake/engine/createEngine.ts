/** The engine over DuckDB: one database in memory, loaded when the first query needs it. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Account } from '../catalog/Account.ts'
import type { Relation } from '../catalog/Relation.ts'
import { takeValues } from '../catalog/Sequence.ts'
import { currentWarehouse } from '../Session.ts'
import { parameterOf } from '../statements/parameters.ts'
import { noWarehouse } from '../StatementError.ts'
import { constantRow, knownResult } from './constantRow.ts'
import { createConnections } from './Connections.ts'
import type { Connections, UseOptions } from './Connections.ts'
import type { CompiledQuery } from './Compiled.ts'
import type { Engine, Execution, RunningStatement } from './Engine.ts'
import type { ResultSet } from '../statements/ResultSet.ts'
import { withTables } from './layOut.ts'
import { readResult } from './readResult.ts'
import { createStorage, tableName } from './Storage.ts'
import { createTransactions } from './Transactions.ts'
import { asBytes, textColumns } from './wholeTexts.ts'

export const createEngine = (account: Account): Engine => {
  const connections = createConnections()
  const storage = createStorage()
  const transactions = createTransactions(account, connections, storage)
  const optionsOf = ({ session, signal }: RunningStatement): UseOptions => ({
    signal,
    timeZone: parameterOf(account, session, 'TIMEZONE')
  })
  /** On the session's connection, whose transaction survives a failure. */
  const onSession = <A>(statement: RunningStatement, work: (connection: DuckDBConnection) => Promise<A>): Promise<A> =>
    connections.use(statement.session, optionsOf(statement), async connection => {
      try {
        return await work(connection)
      } catch (error) {
        await transactions.recover(connection, statement.session)
        throw error
      }
    })
  const read = (execution: Execution, query: CompiledQuery): Promise<ResultSet> =>
    onSession(execution.context, async connection =>
      withTables(await connections.duckDB(), connection, execution.plan, async () => {
        const texts = await textColumns(connection, query)
        return readResult(await connection.run(asBytes(query, texts)), query.columns, texts)
      })
    )
  const reshape: Engine['reshape'] = async (relation, statements) => {
    if (!storage.has(relation)) return
    await transactions.alone(() =>
      connections.aside(async connection => {
        for (const sql of statements) await connection.run(sql)
      })
    )
  }
  return {
    evaluate: async (execution, query) => {
      if (query.constants !== undefined) return constantRow(query, query.constants)
      requireWarehouse(execution.context)
      if (query.rows !== undefined) return knownResult(query, query.rows())
      const result = await read(execution, query)
      for (const sequence of execution.plan.sequences) takeValues(sequence, result.rows.length)
      return result
    },
    describe: async (execution, query) => {
      const { columns } = await read(execution, { ...query, sql: `SELECT * FROM (${query.sql}) LIMIT 0` })
      return columns.map(({ type }) => type)
    },
    change: async (execution, change) => {
      requireWarehouse(execution.context)
      return onSession(execution.context, connection => transactions.change(connection, execution, change))
    },
    transaction: async ({ session, queryId }, action) => {
      if (action === 'BEGIN') await transactions.begin(session)
      else if (action === 'COMMIT') await transactions.commit(session, queryId)
      else await transactions.rollBack(session)
    },
    inTransaction: transactions.inTransaction,
    reshape,
    holds: async (relation, condition) => {
      if (!storage.has(relation)) return false
      return connections.aside(async connection => {
        const found = await connection.run(`SELECT 1 FROM ${tableName(relation)} WHERE ${condition} LIMIT 1`)
        return (await found.getRows()).length > 0
      })
    },
    tableFor: storage.tableFor,
    readVersion: transactions.readVersion,
    offsetOf: transactions.offsetOf,
    endedTransactions: transactions.endedTransactions,
    untilUnlocked: transactions.untilUnlocked,
    versionAtTime: transactions.history.atTime,
    versionOf: transactions.history.ofQuery,
    forget: relation => {
      if (storage.forget(relation)) void dropTable(connections, transactions.alone, relation)
    },
    closeSession: session => {
      transactions.abandon(session)
      connections.release(session)
    },
    close: connections.close
  }
}

const requireWarehouse = ({ session }: RunningStatement): void => {
  if (currentWarehouse(session) === undefined) throw noWarehouse()
}

/** Frees the rows of a dropped table. Nobody waits for it, and nobody can see whether it happened. */
const dropTable = async (
  connections: Connections,
  alone: <A>(work: () => Promise<A>) => Promise<A>,
  relation: Relation
): Promise<void> => {
  try {
    await alone(() => connections.aside(connection => connection.run(`DROP TABLE IF EXISTS ${tableName(relation)}`)))
  } catch {
    // The table may be in use by an open transaction, or the engine closed: its rows are unreachable either way.
  }
}

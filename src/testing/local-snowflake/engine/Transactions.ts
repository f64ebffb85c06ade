/**
 * Changes of rows and the transactions around them.
 *
 * Changes happen one at a time over the whole account, so that versions follow the order of commits. An explicit transaction reads the
 * snapshot it began with and marks what it writes; its rows get their version when it commits.
 */
import type { DuckDBConnection, DuckDBMaterializedResult } from '@duckdb/node-api'
import { createExclusive } from '../../../internal/exclusive.ts'
import type { Account } from '../catalog/Account.ts'
import type { Relation } from '../catalog/Relation.ts'
import { takeValues } from '../catalog/Sequence.ts'
import type { Session } from '../Session.ts'
import type { Connections } from './Connections.ts'
import type { Change, Engine, Execution } from './Engine.ts'
import { lockedTable } from './engineErrors.ts'
import { createHistory } from './History.ts'
import type { History } from './History.ts'
import { withTables } from './layOut.ts'
import { createOpenTransactions } from './OpenTransactions.ts'
import type { OpenTransaction, Recorded } from './OpenTransactions.ts'
import type { Plan } from './Plan.ts'
import { createTableSql, tableName } from './Storage.ts'
import type { Storage } from './Storage.ts'

export interface Transactions extends Pick<
  Engine,
  'inTransaction' | 'readVersion' | 'offsetOf' | 'endedTransactions' | 'untilUnlocked'
> {
  readonly history: History
  /** Runs on the session's connection, inside its open transaction or in one of its own. */
  readonly change: (
    connection: DuckDBConnection,
    execution: Execution,
    change: Change
  ) => Promise<ReadonlyArray<number>>
  readonly begin: (session: Session) => Promise<void>
  readonly commit: (session: Session, queryId: string) => Promise<void>
  readonly rollBack: (session: Session) => Promise<void>
  /** To be called after a statement of the session failed in the engine. */
  readonly recover: (connection: DuckDBConnection, session: Session) => Promise<void>
  /** The session is gone, and its transaction with it. */
  readonly abandon: (session: Session) => void
  /** Keeps other changes out while `work` runs. */
  readonly alone: <A>(work: () => Promise<A>) => Promise<A>
}

export const createTransactions = (account: Account, connections: Connections, storage: Storage): Transactions => {
  const history = createHistory()
  const alone = createExclusive()
  const open = createOpenTransactions()
  let nextRowId = 1

  /** Carries out what was written down, and answers the counts. */
  const carryOut = async (
    connection: DuckDBConnection,
    session: Session,
    { relation, plan, statements }: Recorded,
    first: boolean
  ): Promise<ReadonlyArray<number>> => {
    await ensureTable(storage, connection, relation, session)
    const counts: number[] = []
    await withTables(await connections.duckDB(), connection, plan, async () => {
      for (const { sql, counted, inserts } of statements) {
        const ran = await connection.run(sql)
        if (counted === 'changed') counts.push(ran.rowsChanged)
        if (counted === 'selected') counts.push(await firstNumber(ran))
        if (!first || inserts !== true) continue
        nextRowId += ran.rowsChanged
        for (const sequence of plan.sequences) takeValues(sequence, ran.rowsChanged)
      }
    })
    return counts
  }

  /** After a commit: the version is out, tables are everyone's, streams have moved. */
  const publish = (session: Session, queryIds: ReadonlyArray<string>, consumed: Plan['streams']): void => {
    const now = account.clock.now()
    storage.noteCommitted(session)
    history.commit(now, queryIds)
    open.move(consumed, now)
  }

  const undo = async (connection: DuckDBConnection, session: Session): Promise<void> => {
    storage.noteRolledBack(session)
    await connection.run('ROLLBACK')
  }

  const record = ({ plan }: Execution, { relation, statements }: Change, stamp: number): Recorded => ({
    relation,
    plan,
    statements: statements(stamp, nextRowId)
  })

  /** A statement that fails ends the engine's transaction, but not Snowflake's: what went before it is done again. */
  const recover = async (connection: DuckDBConnection, session: Session): Promise<void> => {
    const transaction = open.get(session)
    if (transaction === undefined) return
    await undo(connection, session)
    await connection.run('BEGIN')
    for (const recorded of transaction.done) await carryOut(connection, session, recorded, false)
  }

  const changeAtOnce = async (
    connection: DuckDBConnection,
    execution: Execution,
    change: Change
  ): Promise<ReadonlyArray<number>> => {
    const { session, queryId } = execution.context
    await connection.run('BEGIN')
    try {
      const counts = await carryOut(connection, session, record(execution, change, history.version() + 1), true)
      await connection.run('COMMIT')
      publish(session, [queryId], execution.plan.streams)
      await countRows(connection, [change.relation])
      return counts
    } catch (error) {
      await undo(connection, session)
      throw error
    }
  }

  const change: Transactions['change'] = (connection, execution, wanted) =>
    alone(async () => {
      const { session, queryId } = execution.context
      const transaction = open.get(session)
      // Two readers of one stream would both get its changes: the second one waits, or fails.
      if (!open.mayConsume(session, execution.plan.streams)) throw lockedTable()
      if (transaction === undefined) return changeAtOnce(connection, execution, wanted)
      const recorded = record(execution, wanted, transaction.mark)
      const counts = await carryOut(connection, session, recorded, true)
      transaction.done.push(recorded)
      transaction.touched.add(wanted.relation)
      transaction.queryIds.push(queryId)
      for (const [stream, range] of execution.plan.streams) transaction.consumed.set(stream, range)
      return counts
    })

  const commitOn = async (
    connection: DuckDBConnection,
    session: Session,
    queryId: string,
    transaction: OpenTransaction
  ): Promise<void> => {
    const version = history.version() + 1
    try {
      for (const relation of transaction.touched) {
        await connection.run(`UPDATE ${tableName(relation)} SET _from = ${version} WHERE _from = ${transaction.mark}`)
        await connection.run(`UPDATE ${tableName(relation)} SET _to = ${version} WHERE _to = ${transaction.mark}`)
      }
      await connection.run('COMMIT')
    } catch (error) {
      await undo(connection, session)
      throw error
    }
    publish(session, [...transaction.queryIds, queryId], transaction.consumed)
    await countRows(connection, transaction.touched)
  }

  const begin = async (session: Session): Promise<void> => {
    if (open.get(session) !== undefined) return
    await connections.use(session, {}, connection =>
      alone(async () => {
        await connection.run('BEGIN')
        // The engine takes its snapshot at the first look, which is now.
        await connection.run('SELECT 1 FROM duckdb_tables() LIMIT 1')
        open.begin(session, history.version())
      })
    )
  }

  const end = async (
    session: Session,
    work: (connection: DuckDBConnection, transaction: OpenTransaction) => Promise<void>
  ): Promise<void> => {
    const transaction = open.get(session)
    if (transaction === undefined) return
    await connections.use(session, {}, connection =>
      alone(async () => {
        if (open.get(session) !== transaction) return
        try {
          await work(connection, transaction)
        } finally {
          open.end(session)
        }
      })
    )
  }

  return {
    history,
    change,
    recover,
    begin,
    commit: (session, queryId) =>
      end(session, (connection, transaction) => commitOn(connection, session, queryId, transaction)),
    rollBack: session => end(session, connection => undo(connection, session)),
    abandon: session => {
      open.end(session)
      storage.noteRolledBack(session)
    },
    alone,
    inTransaction: session => open.get(session) !== undefined,
    readVersion: session => open.get(session)?.readVersion ?? history.version(),
    offsetOf: open.offsetOf,
    endedTransactions: open.ended,
    untilUnlocked: open.untilEnded
  }
}

const ensureTable = async (
  storage: Storage,
  connection: DuckDBConnection,
  relation: Relation,
  session: Session
): Promise<void> => {
  if (storage.tableFor(relation, session) !== undefined) return
  await connection.run(createTableSql(relation))
  storage.noteCreated(relation, session)
}

const countRows = async (connection: DuckDBConnection, relations: Iterable<Relation>): Promise<void> => {
  for (const relation of relations) {
    if (relation.dropped) continue
    relation.rowCount = await firstNumber(
      await connection.run(`SELECT count(*) FROM ${tableName(relation)} WHERE _to IS NULL`)
    )
  }
}

const firstNumber = async (result: DuckDBMaterializedResult): Promise<number> => {
  const [[value] = []] = await result.getRows()
  return Number(value ?? 0)
}

/**
 * Many small reads in one request: the statements are chained by Snowflake's pipe operator (docs.snowflake.com, operators-flow), and one SELECT at the end unites their rows, each as a JSON
 * object with the number of its statement. So the number of requests does not grow with the number of objects. That SELECT needs a warehouse; without one, and where a chain
 * breaks because one of its reads failed, the reads go out one by one, and each gets its own answer.
 */
import * as E from 'fp-ts/lib/Either.js'
import { forEachLimited } from '../internal/forEachLimited.ts'
import { isOutage } from '../describeError.ts'
import { SyncError } from '../SyncError.ts'
import type { Row, SnowflakeClient, Statement } from './SnowflakeClient.ts'
import { textOf } from './SnowflakeClient.ts'

/** What one read found. */
export type Answer = E.Either<SyncError, ReadonlyArray<Row>>

/** How to read. */
export interface ReadOptions {
  readonly signal: AbortSignal
  /** Whether there is a warehouse to run SELECTs on. */
  readonly warehouse: boolean
  /** Most requests at the same time, where there are several. */
  readonly concurrency: number
  /** See `QueryOptions.tag`. */
  readonly tag?: string
}

/** Most reads in one request, and the longest text of one: half of what Snowflake takes. */
const maxReads = 250
const maxText = 512 * 1024

/** Answers in the order of the statements: `SHOW`, `DESCRIBE` or `SELECT`. */
export const readMany = async (
  client: SnowflakeClient,
  statements: ReadonlyArray<Statement>,
  options: ReadOptions
): Promise<ReadonlyArray<Answer>> => {
  if (statements.length < 2 || !options.warehouse) return oneByOne(client, statements, options)
  const answers: Array<ReadonlyArray<Answer>> = []
  await forEachLimited(chunks(statements).entries(), options.concurrency, async ([index, chunk]) => {
    answers[index] = await together(client, chunk, options)
  })
  return answers.flat()
}

const chunks = (statements: ReadonlyArray<Statement>): ReadonlyArray<ReadonlyArray<Statement>> => {
  const all: Array<Array<Statement>> = []
  let room = 0
  for (const statement of statements) {
    const last = all[all.length - 1]
    if (last === undefined || last.length === maxReads || room < statement.sql.length) {
      all.push([statement])
      room = maxText - statement.sql.length
    } else {
      last.push(statement)
      room -= statement.sql.length
    }
  }
  return all
}

const together = async (
  client: SnowflakeClient,
  statements: ReadonlyArray<Statement>,
  options: ReadOptions
): Promise<ReadonlyArray<Answer>> => {
  const [first] = statements
  if (first === undefined || statements.length === 1) return oneByOne(client, statements, options)
  const statement = { ...first, sql: united(statements), object: `${statements.length} objects` }
  const rows = await client.query(statement, options)()
  if (E.isRight(rows)) return sorted(statements, rows.right)
  if (isOutage(rows.left) || rows.left._tag === 'Aborted') return statements.map(() => rows)
  return oneByOne(client, statements, options)
}

/** A pipe's `$n` counts back from the SELECT that says it. */
const united = (statements: ReadonlyArray<Statement>): string => {
  const isPiped = ({ sql }: Statement) => !/^SELECT\b/i.test(sql)
  const piped = statements.filter(isPiped)
  let before = 0
  const parts = statements.map((statement, index) => {
    const from = isPiped(statement) ? `$${piped.length - before++}` : `(${statement.sql})`
    return `SELECT ${index} AS "number", TO_JSON(OBJECT_CONSTRUCT(*)) AS "row" FROM ${from}`
  })
  return [...piped.map(({ sql }) => sql), parts.join(' UNION ALL ')].join(' ->> ')
}

const sorted = (statements: ReadonlyArray<Statement>, rows: ReadonlyArray<Row>): ReadonlyArray<Answer> => {
  const answers: ReadonlyArray<Array<Row>> = statements.map(() => [])
  for (const row of rows) {
    const parsed = parse(textOf(row, 'row') ?? '')
    const answer = answers[Number(textOf(row, 'number'))]
    if (parsed === undefined || answer === undefined)
      return statements.map(({ operation, object }) =>
        E.left(
          SyncError.StatementFailed({ operation, object, code: 'unreadable answer', retryable: true, cause: undefined })
        )
      )
    answer.push(parsed)
  }
  return answers.map(answer => E.right(answer))
}

const parse = (json: string): Row | undefined => {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Row) : undefined
  } catch {
    return undefined
  }
}

const oneByOne = async (
  client: SnowflakeClient,
  statements: ReadonlyArray<Statement>,
  options: ReadOptions
): Promise<ReadonlyArray<Answer>> => {
  const answers: Array<Answer> = []
  await forEachLimited(statements.entries(), options.concurrency, async ([index, statement]) => {
    answers[index] = await client.query(statement, options)()
  })
  return answers
}

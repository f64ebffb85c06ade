/** Carries steps of a plan out. */
import * as E from 'fp-ts/lib/Either.js'
import type { Step } from '../access/Plan.ts'
import type { StepRunner } from '../access/runPlan.ts'
import { describeName } from '../Resource.ts'
import { inPolicySchema, needsOf } from './needsOf.ts'
import type { PolicySchema } from './PolicyObject.ts'
import type { QueryOptions, SnowflakeClient, Statement } from './SnowflakeClient.ts'

/** Most statements in one block: Snowflake's recommended length of a statement's text is 1 MB, and a name can take 3 KB. */
const maxBundled = 50

/** The runner over a client. Steps that may go together go as one block of Snowflake Scripting, which ends at the first that fails (docs.snowflake.com, execute-immediate). */
export const runStatements = (client: SnowflakeClient, home: PolicySchema, options: QueryOptions): StepRunner => ({
  maxTogether: maxBundled,
  run: step => async () => {
    const done = await client.query(toStatement(step, home), options)()
    if (E.isRight(done)) return E.right(undefined)
    return E.left(isPolicyStep(step) ? inPolicySchema(done.left, home) : done.left)
  },
  runTogether: steps => async () => {
    const done = await client.query(toBlock(steps, home), options)()
    return E.isLeft(done) ? done : E.right(undefined)
  }
})

const toStatement = (step: Step, home: PolicySchema): Statement => ({
  sql: step.statement,
  operation: operationOf(step),
  object: isPolicyStep(step) ? `policy schema ${describeName(home)}` : describeName(step.on),
  needs: needsOf(step, home)
})

const toBlock = (steps: ReadonlyArray<Step>, home: PolicySchema): Statement => ({
  sql: `BEGIN\n${steps.map(({ statement }) => `${statement};\n`).join('')}END`,
  operation: 'grants and revokes',
  object: `${steps.length} statements`,
  needs: steps[0] === undefined ? [] : needsOf(steps[0], home)
})

/** Making and dropping policies is about their schema, not about the table they are for. */
const isPolicyStep = ({ phase }: Step): boolean => phase === 'prepare' || phase === 'tidy'

/** The first words of the statement: `GRANT`, `ALTER TABLE`, `CREATE MASKING POLICY`. */
const operationOf = ({ statement }: Step): string =>
  /^(?:GRANT|REVOKE|[A-Z]+ (?:DYNAMIC TABLE|ICEBERG TABLE|TABLE|VIEW|MASKING POLICY|ROW ACCESS POLICY))/.exec(
    statement
  )?.[0] ?? 'statement'

/** Which of our policies are there already, so that a plan makes only what is missing. */
import * as E from 'fp-ts/lib/Either.js'
import type { SyncError } from '../SyncError.ts'
import { qualify } from './identifiers.ts'
import { inPolicySchema } from './needsOf.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { isOurs } from './PolicyObject.ts'
import type { ReadOptions } from './readMany.ts'
import { readMany } from './readMany.ts'
import type { SnowflakeClient, Statement } from './SnowflakeClient.ts'
import { textOf } from './SnowflakeClient.ts'

const show = (what: string, { database, schema }: PolicySchema): Statement => ({
  sql: `SHOW ${what} IN SCHEMA ${qualify(database, schema)}`,
  operation: `SHOW ${what}`,
  object: `policy schema ${qualify(database, schema)}`,
  needs: [`USAGE on ${qualify(database)} and ${qualify(database, schema)}`]
})

/**
 * Full names of our policies. Beyond Snowflake's limit of 10,000 rows some may be missing from the answer: they are then made "if not exists", which does no harm.
 */
export const existingPolicies = async (
  client: SnowflakeClient,
  home: PolicySchema,
  options: ReadOptions
): Promise<E.Either<SyncError, ReadonlySet<string>>> => {
  const answers = await readMany(client, [show('MASKING POLICIES', home), show('ROW ACCESS POLICIES', home)], options)
  const names = new Set<string>()
  for (const rows of answers) {
    if (E.isLeft(rows)) return E.left(inPolicySchema(rows.left, home))
    for (const row of rows.right) {
      const name = textOf(row, 'name') ?? ''
      if (isOurs(home, home.database, home.schema, name)) names.add(qualify(home.database, home.schema, name))
    }
  }
  return E.right(names)
}

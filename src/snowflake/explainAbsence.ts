/**
 * Why something was not found. Snowflake answers alike whether there is nothing or nothing for us to see. A role with MANAGE GRANTS on the account sees every name, so for it what is
 * not listed is not there; but it sees into a database or schema only with a privilege on it: then the thing may well be there, and not knowing must not pass for absence.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Resource, ResourceName } from '../Resource.ts'
import { describeName, nameOf } from '../Resource.ts'
import type { Resolution } from '../ResourceResolver.ts'
import { doesNotExist } from '../ResourceResolver.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference } from '../SyncRequest.ts'
import { quoteIdentifier } from './identifiers.ts'
import type { Catalogue, Lookup } from './readCatalog.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'
import { textOf } from './SnowflakeClient.ts'

/** Turns what a lookup found into an answer. */
export type ExplainAbsence = (reference: ResourceReference, found: Lookup<Resource>) => Promise<Resolution>

/** For one resolution: what it finds out about its own role and the containers is asked once, and forgotten with it. */
export const createExplainAbsence = (
  client: SnowflakeClient,
  catalogue: Catalogue,
  signal: AbortSignal
): ExplainAbsence => {
  let sees: Promise<boolean> | undefined
  const hidden = new Map<string, Promise<ReadonlyArray<string> | undefined>>()

  const privilegesMissing = (name: ResourceName): Promise<ReadonlyArray<string> | undefined> => {
    const container =
      name.schema === undefined ? { database: name.database } : { database: name.database, schema: name.schema }
    const key = JSON.stringify(container)
    const known = hidden.get(key) ?? findHidden(catalogue, container)
    hidden.set(key, known)
    return known
  }

  return async (reference, found) => {
    if (E.isRight(found)) return { _tag: 'Found', resource: found.right }
    if (found.left._tag !== 'NotFound') return { _tag: 'Unresolved', reference, error: found.left }
    const { object } = found.left
    const itself = object === describeName(nameOf(reference))
    const absent = (words: string): Resolution => ({
      _tag: 'Absent',
      reference,
      reason: itself ? words : `${object} ${words}`
    })
    sees ??= seesEverything(client, signal)
    if (!(await sees)) return absent(`${doesNotExist}: a role with MANAGE GRANTS on the account would see it`)
    const needs = itself ? undefined : await privilegesMissing(nameOf(reference))
    if (needs === undefined) return absent('does not exist')
    return {
      _tag: 'Unresolved',
      reference,
      error: SyncError.NotAuthorized({ operation: 'look into it', object, needs })
    }
  }
}

const seesEverything = async ({ role, query }: SnowflakeClient, signal: AbortSignal): Promise<boolean> => {
  if (role === undefined) return false
  const sql = `SHOW GRANTS TO ROLE ${quoteIdentifier(role)}`
  const rows = await query({ sql, operation: 'SHOW GRANTS', object: `role ${role}`, needs: [] }, { signal })()
  // Not knowing is the weaker claim.
  return (
    E.isRight(rows) &&
    rows.right.some(row => textOf(row, 'privilege') === 'MANAGE GRANTS' && textOf(row, 'granted_on') === 'ACCOUNT')
  )
}

/** What our role needs to look into a container that is there; undefined where it is not. */
const findHidden = async (
  catalogue: Catalogue,
  { database, schema }: ResourceName
): Promise<ReadonlyArray<string> | undefined> => {
  const [found] = await catalogue.databases([database])
  if (found === undefined || E.isLeft(found)) return undefined
  const onDatabase = `USAGE on database ${describeName({ database })}`
  if (schema === undefined) return [onDatabase]
  const [inner] = await catalogue.schemas([{ database, schema }])
  const isAbsent =
    inner !== undefined &&
    E.isLeft(inner) &&
    inner.left._tag === 'NotFound' &&
    inner.left.object === describeName({ database, schema })
  // Which of the two is missing Snowflake does not tell.
  return isAbsent ? undefined : [`${onDatabase} and on schema ${describeName({ database, schema })}`]
}

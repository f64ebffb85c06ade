/**
 * Adds up, while a batch is worked on, what came of each reference. One account per named object; a result under a database counts in the accounts of the table, its schema and its
 * database, as far as they were named. Its size depends on the references, not on how many resources lie under them.
 */
import type { Step } from '../access/Plan.ts'
import type { ResourceResult } from '../access/runPlan.ts'
import type { Outcome, OutcomeResult } from '../Outcome.ts'
import { describeName, nameOf, resourceKey } from '../Resource.ts'
import type { Resource } from '../Resource.ts'
import { doesNotExist } from '../ResourceResolver.ts'
import type { SyncError } from '../SyncError.ts'
import { describeError } from '../describeError.ts'
import type { ResourceReference } from '../SyncRequest.ts'
import type { ReferenceKeys } from './mergeReferences.ts'
import { enclosingKeys, isContainer } from './mergeReferences.ts'

/** Most statements, reasons and notes kept for one reference; the rest are counted. */
export const maxListed = { statements: 100, reasons: 5, notes: 20 } as const

/** What a ledger says of one reference. */
export interface LedgerEntry {
  readonly outcome: Outcome
  readonly statements: ReadonlyArray<string>
  readonly statementCount: number
}

export interface Ledger {
  readonly found: (resource: Resource) => void
  readonly absent: (reference: ResourceReference, reason: string) => void
  readonly unresolved: (reference: ResourceReference, error: SyncError) => void
  readonly result: (result: ResourceResult) => void
  readonly ran: (step: Step) => void
  /** Forgets results (not statements) under a reference that is to be resolved once more. */
  readonly reset: (reference: ResourceReference) => void
  readonly entry: (reference: ResourceReference) => LedgerEntry
}

interface Account {
  readonly counts: Record<OutcomeResult, number>
  readonly reasons: Array<string>
  readonly notes: Set<string>
  columns: ReadonlySet<string> | undefined
  error: SyncError['_tag'] | undefined
  readonly statements: Array<string>
  statementCount: number
}

const emptyAccount = (): Account => ({
  counts: { applied: 0, unchanged: 0, skipped: 0, failed: 0 },
  reasons: [],
  notes: new Set(),
  columns: undefined,
  error: undefined,
  statements: [],
  statementCount: 0
})

/** A ledger for the references of one batch. */
export const createLedger = (keys: ReferenceKeys): Ledger => {
  const accounts = new Map<string, Account>()
  for (const key of keys.values()) if (!accounts.has(key)) accounts.set(key, emptyAccount())
  const accountsOf = (keys: ReadonlyArray<string>) =>
    keys.map(key => accounts.get(key)).filter(account => account !== undefined)
  /** Where no database or schema was named, nothing has an account but the objects themselves. */
  const containersNamed = [...keys.keys()].some(isContainer)
  const columnsNamed = [...keys.keys()].some(({ type }) => type === 'column')
  const covering = (resource: Resource): ReadonlyArray<Account> => {
    if (containersNamed) return accountsOf(enclosingKeys(resource.name))
    const account = accounts.get(resourceKey(resource.name))
    return account === undefined ? [] : [account]
  }
  /** The accounts of a reference and of all named references that it covers. */
  const under = (reference: ResourceReference) => {
    const key = resourceKey(nameOf(reference))
    return [...accounts].filter(([inner]) => enclosingKeys(nameFromKey(inner)).includes(key))
  }
  /** All accounts that an answer for a reference counts in: those above, which cover it, and those below, which it covers. */
  const concerned = (reference: ResourceReference) => {
    const above = accountsOf(enclosingKeys(nameOf(reference)))
    return new Set([...above, ...under(reference).map(([, account]) => account)])
  }

  return {
    found: resource => {
      if (!columnsNamed) return
      const account = accounts.get(resourceKey(resource.name))
      if (account !== undefined) account.columns = new Set(resource.columns.map(({ name }) => name))
    },
    absent: (reference, reason) => {
      for (const account of concerned(reference)) {
        account.counts.skipped += 1
        note(account.reasons, reason, maxListed.reasons)
      }
    },
    unresolved: (reference, error) => {
      for (const account of concerned(reference)) {
        account.counts.failed += 1
        account.error ??= error._tag
        note(account.reasons, describeError(error), maxListed.reasons)
      }
    },
    result: ({ resource, result, error, notes }) => {
      for (const account of covering(resource)) {
        account.counts[result] += 1
        if (result === 'failed') account.error ??= error?._tag
        if (error !== undefined) note(account.reasons, reasonOf(resource, error), maxListed.reasons)
        for (const text of notes)
          if (account.notes.size < maxListed.notes) account.notes.add(`${describeName(resource.name)}: ${text}`)
      }
    },
    ran: step => {
      const keys = new Set(step.resources.flatMap(key => enclosingKeys(nameFromKey(key))))
      for (const account of accountsOf([...keys])) {
        account.statementCount += 1
        if (account.statements.length < maxListed.statements) account.statements.push(step.statement)
      }
    },
    reset: reference => {
      for (const [key, { statements, statementCount }] of under(reference))
        accounts.set(key, { ...emptyAccount(), statements, statementCount })
    },
    entry: reference => {
      const account = accounts.get(keys.get(reference) ?? resourceKey(nameOf(reference))) ?? emptyAccount()
      return {
        outcome: outcomeOf(reference, account),
        statements: account.statements,
        statementCount: account.statementCount
      }
    }
  }
}

const note = (list: Array<string>, text: string, most: number): void => {
  if (list.length < most && !list.includes(text)) list.push(text)
}

const nameFromKey = (key: string) => {
  const [database = '', schema, table] = JSON.parse(key) as ReadonlyArray<string>
  return { database, ...(schema === undefined ? {} : { schema }), ...(table === undefined ? {} : { table }) }
}

const reasonOf = (resource: Resource, error: SyncError): string => {
  const name = describeName(resource.name)
  const words = describeError(error)
  return words.includes(name) ? words : `${name}: ${words}`
}

const outcomeOf = (reference: ResourceReference, account: Account): Outcome => {
  const { counts, reasons, notes, error, columns } = account
  if (reference.type === 'column' && columns !== undefined && !columns.has(reference.values.column))
    return { reference, result: 'skipped', reason: 'the table has no such column' }
  const result = resultOf(counts)
  const reason = reasons.length > 0 ? reasons.join('; ') : doesNotExist
  return {
    reference,
    result,
    ...(result === 'failed' || result === 'skipped' ? { reason } : {}),
    ...(result === 'failed' && error !== undefined ? { error } : {}),
    ...(isContainer(reference) ? { covered: { ...counts } } : {}),
    ...(notes.size > 0 ? { notes: [...notes] } : {})
  }
}

const resultOf = ({ failed, applied, unchanged }: Account['counts']): OutcomeResult =>
  failed > 0 ? 'failed' : applied > 0 ? 'applied' : unchanged > 0 ? 'unchanged' : 'skipped'

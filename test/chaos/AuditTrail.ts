/** The audit files of all hosts, read together. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditRecord } from 'on-demand-sync'
import type { Requests } from './Requests.ts'

export interface Audited {
  readonly record: AuditRecord
  /** The host's file. */
  readonly file: string
}

/** All whole records of a folder, file after file in the order in which they were written. A line torn by a kill is no record. */
export const readAuditTrail = async (folder: string): Promise<ReadonlyArray<Audited>> => {
  const files = (await readdir(folder)).filter(name => name.endsWith('.jsonl')).sort()
  const all: Array<Audited> = []
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8')
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
      if (line !== '') all.push({ file, record: JSON.parse(line) as AuditRecord })
  }
  return all
}

/** Sequence numbers that have a record, by partition. */
export const positionsOf = (trail: ReadonlyArray<Audited>): ReadonlyMap<string, ReadonlySet<number>> => {
  const found = new Map<string, Set<number>>()
  for (const { record } of trail) {
    const { partitionId, sequenceNumber } = record.position
    const numbers = found.get(partitionId) ?? new Set<number>()
    found.set(partitionId, numbers.add(sequenceNumber))
  }
  return found
}

/** When each event was first answered for: milliseconds since 1970, by position. */
export const firstAnswers = (trail: ReadonlyArray<Audited>): ReadonlyMap<string, number> => {
  const first = new Map<string, number>()
  for (const { record } of trail) {
    const { partitionId, sequenceNumber } = record.position
    const key = `${partitionId}@${sequenceNumber}`
    first.set(key, Math.min(first.get(key) ?? Infinity, Date.parse(record.finishedAt)))
  }
  return first
}

/** A stretch of time in which something did not come. */
export interface Wait {
  readonly fromMs: number
  readonly ms: number
}

/** The longest time without an answer to any event. */
export const longestStall = (trail: ReadonlyArray<Audited>): Wait => {
  const times = [...firstAnswers(trail).values()].sort((a, b) => a - b)
  return times.reduce(
    (longest, at, index) => {
      const fromMs = times[index - 1] ?? at
      return at - fromMs > longest.ms ? { fromMs, ms: at - fromMs } : longest
    },
    { fromMs: 0, ms: 0 }
  )
}

/** The event that waited longest for its first answer. */
export const longestWait = (
  trail: ReadonlyArray<Audited>,
  published: Requests['published']
): Wait & { readonly partitionId: string } => {
  const answers = firstAnswers(trail)
  const waits = trail.map(({ record }) => {
    const { partitionId, sequenceNumber } = record.position
    const fromMs = published.get(record.taskId ?? '')?.atMs ?? Infinity
    return { partitionId, fromMs, ms: answers.get(`${partitionId}@${sequenceNumber}`)! - fromMs }
  })
  return waits.reduce((longest, next) => (next.ms > longest.ms ? next : longest))
}

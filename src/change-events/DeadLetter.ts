/** What could not be told to those it was meant for, and why. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { SyncError } from '../SyncError.ts'
import type { TopicMessage } from './ChangeTopic.ts'
import type { ObjectChange } from './ObjectChange.ts'

/** One dead letter. It holds the message or the change itself, row values included, so that it can be sent again: keep it as you keep the rows. */
export type DeadLetter =
  | {
      readonly type: 'message'
      readonly topic: string
      readonly message: TopicMessage
      /** In words, without row values. */
      readonly reason: string
      readonly attempts: number
      /** ISO 8601, UTC. */
      readonly at: string
    }
  | {
      readonly type: 'change'
      readonly change: ObjectChange
      /** The rule that failed on it, where one did. */
      readonly subscription?: string
      readonly reason: string
      readonly at: string
    }

/**
 * Port: keeps dead letters.
 *
 * **For implementers**: a right means that the letter is safe. After a left, a captured change counts as not told and is tried again; a real-time one is lost, and reported.
 */
export interface DeadLetters {
  readonly add: (letter: DeadLetter) => TaskEither<SyncError, void>
  readonly close?: () => TaskEither<SyncError, void>
}

/** {@link DeadLetters} that are open to inspection. */
export interface MemoryDeadLetters extends DeadLetters {
  readonly letters: () => ReadonlyArray<DeadLetter>
  /** How many were dropped for newer ones. */
  readonly dropped: () => number
}

/** Options of {@link createMemoryDeadLetters}. */
export interface MemoryDeadLettersOptions {
  /** Most letters to keep; the oldest go first. Default 10,000, at least 1. */
  readonly maxLetters?: number
}

/**
 * Keeps the newest dead letters in memory: the default. They are gone with the process.
 *
 * @example
 * ```ts
 * import { createMemoryDeadLetters } from 'on-demand-sync/change-events'
 *
 * const deadLetters = createMemoryDeadLetters()
 * if (deadLetters.letters().length !== 0) throw new Error('unexpected')
 * ```
 */
export const createMemoryDeadLetters = ({ maxLetters = 10_000 }: MemoryDeadLettersOptions = {}): MemoryDeadLetters => {
  const kept: Array<DeadLetter> = []
  let dropped = 0
  return {
    add: letter =>
      TE.fromIO(() => {
        kept.push(letter)
        if (kept.length <= maxLetters) return
        kept.shift()
        dropped += 1
      }),
    letters: () => [...kept],
    dropped: () => dropped
  }
}

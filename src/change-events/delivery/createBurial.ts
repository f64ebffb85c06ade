/** The way to the dead letters. Theirs is the last place there is: one that throws or never answers costs the letter, and nobody's turn. */
import * as E from 'fp-ts/lib/Either.js'
import type { DeadLetter, DeadLetters } from '../DeadLetter.ts'
import type { TellingListener } from '../TellingEvent.ts'
import type { Patience } from './answerWithin.ts'
import { answerWithin } from './answerWithin.ts'

/** Whether the letter is safe. */
export type Buried = 'dead letter' | 'lost'

type WithoutTime<L> = L extends DeadLetter ? Omit<L, 'at'> : never

/** Dates the letter, keeps it and reports it; never rejects. */
export type Burial = (letter: WithoutTime<DeadLetter>) => Promise<Buried>

export const createBurial =
  (deadLetters: DeadLetters, patience: Patience, emit: TellingListener): Burial =>
  async undated => {
    const letter: DeadLetter = { ...undated, at: new Date(patience.clock.now()).toISOString() }
    const kept = await answerWithin('DeadLetters.add', patience, () => deadLetters.add(letter))
    const { reason } = letter
    const place = letter.type === 'message' ? { topic: letter.topic } : {}
    emit({ type: 'dead letter', ...place, reason, lost: E.isLeft(kept) })
    return E.isLeft(kept) ? 'lost' : 'dead letter'
  }

/**
 * Host processes over local servers: one after the other, because they measure time.
 *
 * `CHAOS_SECONDS` is how long chaos (by default 30) and goodbyes (10) go on; `CHAOS_SEED` plays a run again; `CHAOS_VERBOSE=1` tells every blow as it falls.
 */
import { it } from 'vitest'
import { chaos } from './chaos.ts'
import { goodbyes } from './goodbyes.ts'
import { takeover } from './takeover.ts'

const secondsOr = (normally: number) => Number(process.env['CHAOS_SECONDS'] ?? normally)
const [chaosSeconds, goodbyesSeconds] = [secondsOr(30), secondsOr(10)]
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

it('hands partitions over within 12 s of a kill and 5 s of a goodbye', { timeout: 400_000 }, takeover)

it(`loses nothing in ${chaosSeconds} s of chaos (CHAOS_SEED=${seed})`, { timeout: (chaosSeconds + 600) * 1_000 }, () =>
  chaos({ seconds: chaosSeconds, seed })
)

it(
  `says goodbye in time for ${goodbyesSeconds} s of lost connections (CHAOS_SEED=${seed})`,
  { timeout: (goodbyesSeconds + 300) * 1_000 },
  () => goodbyes({ seconds: goodbyesSeconds, seed })
)

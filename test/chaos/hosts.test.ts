/**
 * Host processes over local servers: one after the other, because both measure time.
 *
 * `CHAOS_SECONDS` (default 30) is how long the chaos goes on; `CHAOS_SEED` plays a run again; `CHAOS_VERBOSE=1` tells every blow as it falls.
 */
import { it } from 'vitest'
import { chaos } from './chaos.ts'
import { takeover } from './takeover.ts'

const seconds = Number(process.env['CHAOS_SECONDS'] ?? 30)
const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

it('hands partitions over within 12 s of a kill and 5 s of a goodbye', { timeout: 400_000 }, takeover)

it(`loses nothing in ${seconds} s of chaos (CHAOS_SEED=${seed})`, { timeout: (seconds + 600) * 1_000 }, () =>
  chaos({ seconds, seed })
)

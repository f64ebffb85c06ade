/** Prints one JSON line per figure. `npm run bench -- decode` runs those whose name starts so. */
import { decode } from './decode.ts'
import { expression } from './expression.ts'
import { memory } from './memoryProcess.ts'
import { pipeline } from './pipeline.ts'
import { queueAndBatcher } from './queueAndBatcher.ts'
import { ranger } from './ranger.ts'
import { subscriptions } from './subscriptions.ts'
import { subtree } from './subtree.ts'
import { sync } from './sync.ts'

const benches: { readonly [name: string]: () => Promise<void> } = {
  decode,
  queueAndBatcher,
  pipeline,
  sync,
  subtree,
  expression,
  subscriptions
}

/** Minutes of a whole machine: only by name. */
const long: typeof benches = { memory, ranger }

const [prefix = ''] = process.argv.slice(2)
const named = Object.entries(prefix === '' ? benches : { ...benches, ...long })
for (const [name, bench] of named) if (name.startsWith(prefix)) await bench()

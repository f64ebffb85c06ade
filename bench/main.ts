/** Prints one JSON line per figure. `npm run bench -- decode` runs those whose name starts so. */
import { decode } from './decode.ts'
import { expression } from './expression.ts'
import { pipeline } from './pipeline.ts'
import { queueAndBatcher } from './queueAndBatcher.ts'
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

const [prefix = ''] = process.argv.slice(2)
for (const [name, bench] of Object.entries(benches)) if (name.startsWith(prefix)) await bench()

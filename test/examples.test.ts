/** The examples run as they stand. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const examples = readdirSync('examples').filter(name => name.endsWith('.ts'))

it.each(examples)('%s runs', async name => {
  await import(`../examples/${name}`)
})

it('shows the Promise style without fp-ts', () => {
  expect(readFileSync('examples/02-promises.ts', 'utf8')).not.toMatch(/from 'fp-ts/)
})

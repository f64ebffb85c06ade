/** `docs/errors.md` has one row per error, and says what the code does. */
import { readFileSync } from 'node:fs'
import { blameOf, describeError, isOutage, SyncError } from 'on-demand-sync'
import { expect, it } from 'vitest'

const rows = readFileSync('docs/errors.md', 'utf8')
  .split('\n')
  .filter(line => /^\| `[A-Z]/.test(line))
  .map(line => line.split('|').map(cell => cell.trim()))

const sample = (tag: string): SyncError =>
  ({ _tag: tag, faults: [], needs: ['x'], outstanding: [], retryable: true }) as unknown as SyncError

it('has a row for every error, in the order of the union, and no other', () => {
  expect(rows.map(([, tag]) => tag?.replaceAll('`', ''))).toEqual(Object.keys(SyncError))
})

it.each(Object.keys(SyncError))('says of %s whose fault it is and whether it is an outage', tag => {
  const [, , , blame, again] = rows.find(([, name]) => name === `\`${tag}\``) ?? []
  const error = sample(tag)
  expect(blame).toBe(blameOf(error))
  expect(again === 'outage').toBe(isOutage(error))
  expect(describeError(error)).not.toBe('')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partitionForKey } from '../../src/testing/local-event-hubs/partitionForKey.ts'

test('gives every key one of the partitions', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 2000 }), (key, partitions) => {
      const partition = partitionForKey(key, partitions)
      expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true)
    })
  )
})

test('spreads keys over all partitions', () => {
  const counts = Array.from({ length: 8 }, () => 0)
  for (let i = 0; i < 8000; i++) counts[partitionForKey(`key-${i}`, 8)]! += 1
  expect(Math.min(...counts)).toBeGreaterThan(850)
})

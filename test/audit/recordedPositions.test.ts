import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { PositionsSnapshot } from '../../src/internal/RecordedPositions.ts'
import { createRecordedPositions } from '../../src/internal/RecordedPositions.ts'

const numbers = fc.array(fc.nat({ max: 40 }), { maxLength: 120 })
/** Stored at the time of its number: one life of a partition. */
const addAll = (into: ReturnType<typeof createRecordedPositions>, all: ReadonlyArray<number>) =>
  all.map(n => into.add('p', n, n))

const holds = (snapshot: PositionsSnapshot): ReadonlyArray<number> =>
  snapshot.flatMap(({ ranges }) =>
    ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, n) => first + n))
  )

describe('recorded positions', () => {
  it('know each number once, in whatever order, as ascending ranges that do not touch', ({ expect }) => {
    fc.assert(
      fc.property(numbers, all => {
        const positions = createRecordedPositions()
        const seen = new Set<number>()
        const expected = all.map(n => !seen.has(n) && seen.add(n).has(n))
        expect(addAll(positions, all)).toEqual(expected)
        const snapshot = positions.snapshot()
        expect(holds(snapshot)).toEqual([...seen].sort((a, b) => a - b))
        const ranges = snapshot[0]?.ranges ?? []
        for (const [index, [first]] of ranges.entries())
          if (index > 0) expect(first).toBeGreaterThan((ranges[index - 1]?.[1] ?? 0) + 1)
      })
    )
  })

  it('are the union of what was restored, and a snapshot is not changed by what comes after it', ({ expect }) => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (first, second, later) => {
        const snapshots = [first, [...first, ...second]].map(all => {
          const positions = createRecordedPositions()
          addAll(positions, all)
          return positions.snapshot()
        })
        const before = JSON.stringify(snapshots)
        const restored = createRecordedPositions()
        for (const snapshot of snapshots) restored.restore(snapshot)
        const union = new Set([...first, ...second])
        expect(holds(restored.snapshot())).toEqual([...union].sort((a, b) => a - b))
        const known = later.filter(n => union.has(n))
        expect(addAll(restored, known)).toEqual(known.map(() => false))
        addAll(restored, later)
        expect(JSON.stringify(snapshots)).toBe(before)
      })
    )
  })

  it('forget a life of the partition that is over', ({ expect }) => {
    const positions = createRecordedPositions()
    expect([positions.add('p', 0, 10), positions.add('p', 1, 20)]).toEqual([true, true])
    expect([positions.add('p', 0, 10), positions.add('p', 0, 30)]).toEqual([false, true])
    expect(holds(positions.snapshot())).toEqual([0])
  })
})

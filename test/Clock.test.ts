import { systemClock } from 'on-demand-sync'
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => void vi.useRealTimers())

it('waits for as long as it is told, also for longer than Node can count', () => {
  vi.useFakeTimers()
  const monthMs = 30 * 86_400_000
  const rung: Array<string> = []
  systemClock.schedule(2 * monthMs, () => rung.push('two months'))
  systemClock.schedule(monthMs, () => rung.push('a month'))
  const cancel = systemClock.schedule(2 * monthMs, () => rung.push('called off'))
  vi.advanceTimersByTime(monthMs - 1)
  expect(rung).toEqual([])
  vi.advanceTimersByTime(1)
  expect(rung).toEqual(['a month'])
  cancel()
  vi.advanceTimersByTime(monthMs)
  expect(rung).toEqual(['a month', 'two months'])
  expect(vi.getTimerCount()).toBe(0)
})

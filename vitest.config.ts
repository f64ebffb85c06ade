import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url))

/** What measures time, or kills and stops hosts: one file after the other, with nothing beside it. */
const alone = [
  'test/chaos/**/*.test.ts',
  'test/host/{backpressure,connectorHost,kill}.test.ts',
  'test/snowflake/faults.test.ts'
]

export default defineConfig({
  resolve: {
    alias: [
      { find: /^on-demand-sync$/, replacement: src('index.ts') },
      { find: /^on-demand-sync\/payload$/, replacement: src('payload.ts') },
      { find: /^on-demand-sync\/(.+)$/, replacement: src('$1/index.ts') }
    ]
  },
  test: {
    pool: 'forks',
    // Ends what hangs; nothing is measured by it.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['test/**/*.test.ts', '.examples/*.test.ts'],
          exclude: alone,
          // As many as the smallest machines of CI have cores; by itself it would leave one of them idle.
          maxWorkers: 2,
          sequence: { groupOrder: 0 }
        }
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 1 } }
      }
    ]
  }
})

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const src = (file: string) => fileURLToPath(new URL(`./src/${file}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^on-demand-sync$/, replacement: src('index.ts') },
      { find: /^on-demand-sync\/payload$/, replacement: src('payload.ts') },
      { find: /^on-demand-sync\/(.+)$/, replacement: src('$1/index.ts') }
    ]
  },
  test: {
    include: ['test/**/*.test.ts', '.examples/*.test.ts'],
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] },
    pool: 'forks',
    testTimeout: 20_000
  }
})

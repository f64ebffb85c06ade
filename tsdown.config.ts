import { defineConfig } from 'tsdown'

export default defineConfig([
  {
    entry: {
      index: 'src/index.ts',
      payload: 'src/payload.ts',
      'event-hubs': 'src/event-hubs/index.ts',
      snowflake: 'src/snowflake/index.ts',
      policies: 'src/policies/index.ts',
      'change-events': 'src/change-events/index.ts',
      telemetry: 'src/telemetry/index.ts',
      testing: 'src/testing/index.ts'
    },
    format: ['esm', 'cjs'],
    dts: true,
    sourcemap: true,
    platform: 'node',
    target: 'node20',
    fixedExtension: false,
    tsconfig: 'tsconfig.src.json'
  },
  {
    entry: { bin: 'src/bin.ts' },
    format: ['esm'],
    dts: false,
    sourcemap: true,
    platform: 'node',
    target: 'node20',
    fixedExtension: false,
    clean: false,
    tsconfig: 'tsconfig.src.json'
  }
])

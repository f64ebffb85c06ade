/** The arrows between the rooms of src/ (who may import whom), and what importing a subpath may load. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

interface Import {
  readonly from: string
  /** A path within src/, or a package. */
  readonly to: string
  readonly isPackage: boolean
}

const imports: ReadonlyArray<Import> = files.flatMap(from => {
  const text = readFileSync(join('src', from), 'utf8')
  const found = [
    ...text.matchAll(/^(?:import|export) (?:type )?(?:[\w*{}\s,]*? from )?'([^']+)'|import\('([^']+)'\)/gm)
  ]
  return found.map(([, named, lazy]): Import => {
    const specifier = named ?? lazy ?? ''
    const isPackage = !specifier.startsWith('.')
    return { from, to: isPackage ? specifier : normalize(join(dirname(from), specifier)), isPackage }
  })
})

/** Rooms from the ground up; a file may import from its own room and from rooms below it, as listed. */
const nouns = [
  'Fault',
  'SyncRequest',
  'SyncError',
  'describeError',
  'Promises',
  'checkOptions',
  'Position',
  'Resource',
  'Outcome',
  'Secret',
  'ManagedResources'
]
const ports = [
  'EventSource',
  'PayloadCodec',
  'BoundedQueue',
  'Batcher',
  'ResourceResolver',
  'PolicySource',
  'PolicySyncer',
  'AuditSink',
  'DeadLetterSink'
]
const pipeline = ['LifecycleEvent', 'Retry', 'OnDemandSync', 'createOnDemandSync', 'createMemoryPolicySyncer']

const roomOf = (file: string): string => {
  const [first = ''] = file.split('/')
  if (file.includes('/')) return first
  const name = first.replace(/\.ts$/, '')
  // A list of names, like index.ts.
  if (name === 'payload') return 'index'
  if (nouns.includes(name)) return 'nouns'
  if (ports.includes(name)) return 'ports'
  if (pipeline.includes(name)) return 'pipeline'
  return name
}

const mayImport: { readonly [room: string]: ReadonlyArray<string> } = {
  internal: [],
  nouns: ['internal'],
  access: ['nouns', 'internal'],
  payload: ['nouns', 'internal'],
  ports: ['access', 'payload', 'nouns', 'internal'],
  audit: ['ports', 'nouns', 'internal'],
  pipeline: ['ports', 'access', 'nouns', 'internal'],
  configuration: ['nouns', 'internal'],
  policies: ['ports', 'access', 'nouns', 'internal'],
  'event-hubs': ['ports', 'access', 'nouns', 'internal'],
  snowflake: ['ports', 'access', 'nouns', 'internal'],
  // Capture works over the Snowflake client, which loads its driver on first use; the rest of it has no vendor.
  'change-events': ['pipeline', 'snowflake', 'audit', 'ports', 'access', 'nouns', 'internal'],
  telemetry: ['pipeline', 'nouns', 'internal'],
  testing: ['change-events', 'ports', 'payload', 'access', 'nouns', 'internal'],
  index: ['pipeline', 'configuration', 'audit', 'ports', 'payload', 'access', 'nouns', 'internal'],
  cli: [
    'pipeline',
    'configuration',
    'audit',
    'policies',
    'event-hubs',
    'snowflake',
    'testing',
    'ports',
    'payload',
    'access',
    'nouns',
    'internal'
  ],
  bin: ['cli']
}

/** The packages a room may load, beside Node's own and fp-ts; everything else stands behind an adapter. */
const packagesOf: { readonly [room: string]: RegExp } = {
  internal: /^io-ts$/,
  nouns: /^io-ts$/,
  access: /^io-ts$/,
  payload: /^io-ts$/,
  policies: /^(io-ts|yaml)$/,
  configuration: /^yaml$/,
  'event-hubs': /^@azure\/event-hubs$/,
  snowflake: /^snowflake-sdk$/,
  'change-events': /^(io-ts|yaml|@aws-sdk\/client-(sns|sts))$/,
  telemetry: /^@opentelemetry\/api$/,
  testing: /^(io-ts|rhea|hono|hono\/.+|@hono\/node-server(\/.+)?|jose|@duckdb\/node-api)$/,
  cli: /^commander$/,
  bin: /^commander$/
}

describe('architecture', () => {
  it('knows every room', () => {
    const unknown = files.filter(file => !(roomOf(file) in mayImport))
    expect(unknown).toEqual([])
  })

  it('imports downwards only', () => {
    const wrong = imports
      .filter(
        ({ isPackage, from, to }) =>
          !isPackage && roomOf(from) !== roomOf(to) && !(mayImport[roomOf(from)] ?? []).includes(roomOf(to))
      )
      .map(({ from, to }) => `${from} -> ${to}`)
    expect(wrong).toEqual([])
  })

  it('keeps every foreign package behind its one room', () => {
    const own = /^(node:.+|fp-ts\/lib\/.+\.js)$/
    const wrong = imports
      .filter(({ isPackage, from, to }) => isPackage && !own.test(to) && !(packagesOf[roomOf(from)]?.test(to) ?? false))
      .map(({ from, to }) => `${from} -> ${to}`)
    expect(wrong).toEqual([])
  })

  // It starts a process for each entry, which takes its time on a busy machine.
  it(
    'loads no vendor from the payload, the root, the policies, the change events or the testing entry',
    { timeout: 120_000 },
    () => {
      for (const entry of [
        'payload.ts',
        'index.ts',
        'policies/index.ts',
        'change-events/index.ts',
        'testing/index.ts'
      ]) {
        const loaded = execFileSync(
          process.execPath,
          [
            '--import',
            'tsx',
            '--input-type=module',
            '-e',
            `await import('./src/${entry}'); console.log(JSON.stringify(Object.keys((await import('node:module')).createRequire(import.meta.url).cache)))`
          ],
          { encoding: 'utf8' }
        )
        const packages = new Set(
          (JSON.parse(loaded) as ReadonlyArray<string>).flatMap(
            file => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(relative('.', file))?.[1] ?? []
          )
        )
        for (const forbidden of [
          '@azure/event-hubs',
          '@aws-sdk/client-sns',
          'snowflake-sdk',
          'rhea',
          'hono',
          'commander',
          '@duckdb/node-api'
        ])
          expect([entry, packages.has(forbidden)]).toEqual([entry, false])
      }
    }
  )
})

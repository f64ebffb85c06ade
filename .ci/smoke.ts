/**
 * The packed tarball as strangers use it: installed into empty folders, imported and required in plain Node 20 and 24, compiled by TypeScript, bundled. No other check sees a
 * package as it is after `npm pack`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}@24.9.0`
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<
  Record<'devDependencies' | 'peerDependencies', Readonly<Record<string, string>>>
>
/** A package in the version that the tests run with. */
const own = (name: string) => `${name}@${manifest.devDependencies[name] ?? '*'}`

const root = mkdtempSync(join(tmpdir(), 'smoke-'))
const run = (cwd: string, command: string, ...args: ReadonlyArray<string>) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
let passed = 0
const ok = (what: string) => {
  passed += 1
  process.stdout.write(`ok ${what}\n`)
}

const folder = (name: string, ...packages: ReadonlyArray<string>): string => {
  const path = join(root, name)
  mkdirSync(path)
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  run(path, 'npm', 'install', '--no-audit', '--no-fund', '--silent', ...packages)
  return path
}

const syncOnce = `
const audit = root.createMemoryAuditSink()
const sync = root.createOnDemandSync({
  source: root.createMemoryEventSource([payload.payloadCodec.encode(payload.createSyncRequest({ id: 't', resources: [payload.ResourceReference.database('D')] })).right]),
  resolver: root.createMemoryResourceResolver([{ kind: 'database', name: { database: 'D' }, columns: [] }]),
  policies: root.createMemoryPolicySource(resource => ({ resource, grants: [], masks: [], managed: { roles: [], users: [] }, notes: [] })),
  syncer: root.createMemoryPolicySyncer(),
  audit
})
const main = async () => {
  await sync.start()
  await sync.done
  if (audit.records()[0].status !== 'SUCCESS') throw new Error('the sync did not succeed')
}
main()
`

const typed = `
import type { SyncRequest } from 'on-demand-sync/payload'
import { createSyncRequest, ResourceReference } from 'on-demand-sync/payload'
import { createOnDemandSync, type OnDemandSync } from 'on-demand-sync'
import { createDocumentPolicySource } from 'on-demand-sync/policies'
import { createManualClock } from 'on-demand-sync/testing'
const request: SyncRequest = createSyncRequest({ resources: [ResourceReference.table('D', 'S', 'T')] })
export const parts: [typeof createOnDemandSync, SyncRequest, ReturnType<typeof createDocumentPolicySource>, ReturnType<typeof createManualClock>] = [createOnDemandSync, request, createDocumentPolicySource({ text: '' }), createManualClock()]
export type Handle = OnDemandSync
`

try {
  const packed = JSON.parse(
    run('.', 'npm', 'pack', '--json', '--silent', '--pack-destination', root)
  ) as ReadonlyArray<{ readonly filename: string }>
  const tarball = join(root, packed[0]?.filename ?? '')
  const node24 = join(
    folder('node24', nodePackage),
    'node_modules',
    nodePackage.slice(0, nodePackage.lastIndexOf('@')),
    'bin',
    'node'
  )
  const nodes: ReadonlyArray<readonly [string, string]> = [
    [process.execPath, process.version],
    [node24, run(root, node24, '--version').trim()]
  ]

  const bare = folder('bare', tarball)
  writeFileSync(
    join(bare, 'esm.mjs'),
    `import * as root from 'on-demand-sync'\nimport * as payload from 'on-demand-sync/payload'\nimport 'on-demand-sync/policies'\nimport 'on-demand-sync/testing'\n${syncOnce}`
  )
  writeFileSync(
    join(bare, 'cjs.cjs'),
    `const root = require('on-demand-sync')\nconst payload = require('on-demand-sync/payload')\nrequire('on-demand-sync/policies')\nrequire('on-demand-sync/testing')\n${syncOnce}`
  )
  writeFileSync(
    join(bare, 'absent.mjs'),
    `for (const [entry, missing] of [['event-hubs', '@azure/event-hubs']]) {
  const error = await import('on-demand-sync/' + entry).then(() => undefined, e => e)
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !error.message.includes(missing)) throw new Error(entry + ' did not say that ' + missing + ' is missing: ' + error)
}
const { createSnowflakeClient } = await import('on-demand-sync/snowflake')
const client = createSnowflakeClient({ account: 'a', username: 'u', credentials: { password: 'p' } })
const answer = await client.query({ sql: 'SELECT 1', operation: 'x', object: 'x', needs: [] })()
if (!JSON.stringify(answer).includes('npm install snowflake-sdk')) throw new Error('no word of the missing driver: ' + JSON.stringify(answer))
const { startLocalEventHubs, startLocalSnowflake } = await import('on-demand-sync/testing')
for (const [start, missing] of [[startLocalEventHubs, 'rhea'], [startLocalSnowflake, 'hono']]) {
  const error = await start().then(() => undefined, e => e)
  if (!error?.message.endsWith('npm install --save-dev ' + missing)) throw new Error('no word of the missing ' + missing + ': ' + error)
}
`
  )
  for (const [node, version] of nodes)
    for (const file of ['esm.mjs', 'cjs.cjs', 'absent.mjs']) {
      run(bare, node, file)
      ok(`${file} without Azure and Snowflake packages, Node ${version}`)
    }

  const full = folder(
    'full',
    tarball,
    ...Object.keys(manifest.peerDependencies).map(own),
    own('typescript'),
    own('@types/node'),
    'esbuild@0.27.7'
  )
  // Fails where a peer's range does not admit the very version that the tests run with: then nobody can install the two.
  run(full, 'npm', 'ls')
  ok('every peer beside the package')
  const entries = ['', '/payload', '/event-hubs', '/snowflake', '/policies', '/change-events', '/telemetry', '/testing']
  writeFileSync(join(full, 'all.mjs'), entries.map(entry => `import 'on-demand-sync${entry}'`).join('\n'))
  writeFileSync(join(full, 'all.cjs'), entries.map(entry => `require('on-demand-sync${entry}')`).join('\n'))
  for (const [node, version] of nodes)
    for (const file of ['all.mjs', 'all.cjs']) {
      run(full, node, file)
      ok(`${file}: every subpath, Node ${version}`)
    }

  writeFileSync(
    join(full, 'local.mjs'),
    `import { startLocalEventHubs, startLocalSnowflake } from 'on-demand-sync/testing'
const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
const snowflake = await startLocalSnowflake()
const [row] = await snowflake.execute('SELECT 1 AS N')
await Promise.all([hubs.stop(), snowflake.stop()])
if (row?.N !== 1) throw new Error('the local Snowflake did not answer')
`
  )
  run(full, process.execPath, 'local.mjs')
  ok('both local servers, from the tarball')

  writeFileSync(
    join(full, 'esm.mts'),
    `${typed}\nimport 'on-demand-sync/event-hubs'\nimport 'on-demand-sync/snowflake'\n`
  )
  writeFileSync(join(full, 'cjs.cts'), typed)
  const tsc = join(full, 'node_modules', '.bin', 'tsc')
  const strict = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--lib',
    'es2023,esnext.disposable',
    '--types',
    'node'
  ]
  run(full, tsc, ...strict, '--module', 'nodenext', 'esm.mts', 'cjs.cts')
  ok('TypeScript, nodenext, as ESM and as CommonJS')
  run(full, tsc, ...strict, '--module', 'esnext', '--moduleResolution', 'bundler', 'esm.mts')
  ok('TypeScript, bundler resolution')
  // Event Hubs' own declarations do not pass this; ours must.
  const strictest = [...strict.filter(option => option !== '--skipLibCheck'), '--exactOptionalPropertyTypes']
  writeFileSync(
    join(full, 'strictest.mts'),
    `${typed}\nimport 'on-demand-sync/snowflake'\nimport 'on-demand-sync/telemetry'\n`
  )
  run(full, tsc, ...strictest, '--module', 'nodenext', 'strictest.mts', 'cjs.cts')
  ok('TypeScript, exactOptionalPropertyTypes, without skipLibCheck')

  run(
    bare,
    resolve(join(full, 'node_modules', '.bin', 'esbuild')),
    'esm.mjs',
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--outfile=bundled.mjs',
    '--log-level=error',
    '--external:rhea',
    '--external:hono',
    '--external:@hono/node-server',
    '--external:jose',
    '--external:@duckdb/node-api',
    "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
  )
  run(bare, process.execPath, 'bundled.mjs')
  ok('esbuild bundle, run')

  const help = run(bare, process.execPath, join(bare, 'node_modules', '.bin', 'on-demand-sync'), '--help')
  if (!help.includes('local-event-hubs')) throw new Error('the command does not know its commands')
  ok('on-demand-sync --help, from the tarball alone')
} finally {
  rmSync(root, { recursive: true, force: true })
}
process.stdout.write(`${passed} smoke checks passed\n`)

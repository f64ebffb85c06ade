/** What README and docs say of files, headings and defaults is so: in the repository, and in the package that people install. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { defaultBatcherOptions, defaultJsonLinesAuditSinkOptions, defaultQueueCapacity } from 'on-demand-sync'
import { defaultRetryOptions, defaultStopTimeoutMs } from 'on-demand-sync'
import { defaultEventHubsSourceOptions, defaultPublisherOptions } from 'on-demand-sync/event-hubs'
import { expect, it } from 'vitest'

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(file => file.endsWith('.md') && !file.startsWith('docs/api/'))

/** Without what stands in fences and code: a link there is an example. */
const prose = (file: string): string =>
  readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, 'code')

/** The anchors of headings, as the usual renderers make them. */
const anchors = (file: string): ReadonlyArray<string> =>
  [
    ...readFileSync(file, 'utf8')
      .replace(/^```[\s\S]*?^```/gm, '')
      .matchAll(/^#+ (.*)$/gm)
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
  )

interface Link {
  readonly file: string
  readonly target: string
  readonly anchor: string | undefined
}

const links: ReadonlyArray<Link> = files.flatMap(file =>
  [...prose(file).matchAll(/\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, path = '', anchor]) => ({
    file,
    target: path === '' ? file : normalize(join(dirname(file), path)),
    anchor
  }))
)

it('no link is dead', () => {
  expect(links.length).toBeGreaterThan(30)
  const dead = links.filter(
    ({ target, anchor }) => !existsSync(target) || (anchor !== undefined && !anchors(target).includes(anchor))
  )
  expect(dead).toEqual([])
})

it('no link of the packed documents leads out of the package', () => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    })
  ) as ReadonlyArray<{ readonly files: ReadonlyArray<{ readonly path: string }> }>
  const paths = packed?.files.map(({ path }) => path) ?? []
  expect(paths).toContain('docs/pipeline.md')
  const isPacked = (target: string) => paths.some(path => path === target || path.startsWith(`${target}/`))
  expect(links.filter(({ file, target }) => isPacked(file) && !isPacked(target))).toEqual([])
})

it('the tables of settings say the defaults that hold', () => {
  const [publisher, audit] = [defaultPublisherOptions, defaultJsonLinesAuditSinkOptions]
  const holds: Readonly<Record<string, unknown>> = {
    'batch.maxItems': defaultBatcherOptions.maxItems,
    'batch.timeoutMs': defaultBatcherOptions.timeoutMs,
    'queue.capacity': defaultQueueCapacity,
    ...Object.fromEntries(Object.entries(defaultRetryOptions).map(([key, value]) => [`retry.${key}`, value])),
    stopTimeoutMs: defaultStopTimeoutMs,
    ...defaultEventHubsSourceOptions,
    bufferEvents: publisher.bufferEvents,
    lingerMs: publisher.lingerMs,
    maxFileBytes: audit.maxFileBytes
  }
  const units: Readonly<Record<string, number>> = { MiB: 2 ** 20 }
  const said = [
    ...readFileSync('docs/operations.md', 'utf8').matchAll(/^\|((?: *`[\w.]+`)+) *\| *([^|]*?) *\|/gm)
  ].flatMap(([, setting = '', text = '']) => {
    const name = /`([\w.]+)` *$/.exec(setting)?.[1] ?? ''
    if (!(name in holds)) return []
    const [, digits, unit = ''] = /^([\d,]+) ?(\w*)$/.exec(text) ?? []
    const value =
      digits === undefined ? text.replaceAll('`', '') : Number(digits.replaceAll(',', '')) * (units[unit] ?? 1)
    return [[name, value] as const]
  })
  expect(new Set(said.map(([name]) => name))).toEqual(new Set(Object.keys(holds)))
  for (const [name, value] of said) expect([name, String(value)]).toEqual([name, String(holds[name])])
})

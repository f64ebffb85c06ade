/**
 * Turns every ```ts fence of a docblock or a Markdown file into a module under .examples/, and writes one test file that imports them all: what a user pastes is
 * type-checked and run. A fence marked `no-run` is type-checked only.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

interface Fence {
  readonly file: string
  readonly line: number
  readonly code: string
  readonly runs: boolean
}

const fences = (file: string): ReadonlyArray<Fence> => {
  const found: Array<Fence> = []
  let open: { line: number; runs: boolean; code: Array<string> } | undefined
  for (const [index, raw] of readFileSync(file, 'utf8').split('\n').entries()) {
    const text = file.endsWith('.md') ? raw : raw.replace(/^\s*\* ?/, '')
    const fence = /^```(ts)?( no-run)?\s*$/.exec(text.trimEnd())
    if (open === undefined && fence?.[1] === 'ts') open = { line: index + 1, runs: fence[2] === undefined, code: [] }
    else if (open !== undefined && text.trim() === '```') {
      found.push({ file, line: open.line, runs: open.runs, code: open.code.join('\n') })
      open = undefined
    } else open?.code.push(text)
  }
  return found
}

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'src', 'docs', 'README.md'],
  { encoding: 'utf8' }
)
  .split('\n')
  .filter(file => /\.(ts|md)$/.test(file) && !file.startsWith('docs/api/'))

rmSync('.examples', { recursive: true, force: true })
mkdirSync('.examples')
const all = files.flatMap(fences)
for (const [index, { code }] of all.entries()) writeFileSync(`.examples/example-${index}.ts`, `${code}\nexport {}\n`)
const tests = all.flatMap(({ file, line, runs }, index) =>
  runs ? [`it('${file}:${line}', () => import('./example-${index}.ts'), 60_000)`] : []
)
writeFileSync('.examples/examples.test.ts', `import { it } from 'vitest'\n\n${tests.join('\n')}\n`)
process.stdout.write(`${all.length} examples, ${tests.length} of them run\n`)

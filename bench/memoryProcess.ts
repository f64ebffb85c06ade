/**
 * `memory.ts` in a process of its own: it measures the process that it is. It is compiled first and run as hosts are: what compiles TypeScript while it is loaded holds some 60 MB of its own for half a minute, and
 * gives them back when it pleases.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import ts from 'typescript'

const here = fileURLToPath(new URL('.', import.meta.url))

const compile = async (name: string, into: string): Promise<string> => {
  const { outputText } = ts.transpileModule(await readFile(join(here, `${name}.ts`), 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      rewriteRelativeImportExtensions: true
    }
  })
  const path = join(into, `${name}.js`)
  await writeFile(path, outputText)
  return path
}

export const memory = async (): Promise<void> => {
  // Within the package, so that it finds itself by its name.
  const folder = await mkdtemp(join(here, '.compiled-'))
  try {
    await compile('noOpWorkers', folder)
    const child = spawn(process.execPath, ['--expose-gc', await compile('memory', folder)], { stdio: 'inherit' })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code !== 0) throw new Error('the bench of memory failed')
  } finally {
    await rm(folder, { recursive: true })
  }
}

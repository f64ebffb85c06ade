/**
 * Writes the public list of every entry to docs/api/, or with `--check` fails where a file there is behind: each public change shows in review. Fails as well where a signature names a type that no entry exports: nobody could
 * write that name down.
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const check = process.argv.includes('--check')
const entries = ['index', 'payload', 'event-hubs', 'snowflake', 'policies', 'change-events', 'telemetry', 'testing']
let behind = 0

/** Parts of exported types that stand for nothing of their own. */
const inner = new Set(['Build', 'Changed', 'Defaulted', 'EngineParts', 'Place'])
const exported = new Set<string>()
const named = new Map<string, string>()
for (const entry of entries) {
  const config = ExtractorConfig.prepare({
    configObjectFullPath: resolve('api-extractor.json'),
    packageJsonFullPath: resolve('package.json'),
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: resolve(`dist/${entry}.d.ts`),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            module: 'nodenext',
            moduleResolution: 'nodenext',
            target: 'es2022',
            lib: ['es2023', 'esnext.disposable'],
            types: ['node'],
            skipLibCheck: true,
            strict: true
          },
          files: [resolve(`dist/${entry}.d.ts`)]
        }
      },
      apiReport: {
        enabled: true,
        reportFileName: `${entry}.api.md`,
        reportFolder: resolve('docs/api'),
        reportTempFolder: resolve('.tmp/api')
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        // Lint keeps the docblocks; what matters here is the list.
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } }
      }
    }
  })
  const result = Extractor.invoke(config, {
    localBuild: !check,
    showVerboseMessages: false,
    messageCallback: message => {
      if (message.messageId !== 'ae-forgotten-export') return
      message.handled = true
      // Where a global has the same name, a number is added.
      const name = /symbol "(\w+?)(?:_\d+)?" needs/.exec(message.text)?.[1]
      if (name !== undefined) named.set(name, entry)
    }
  })
  if (result.apiReportChanged && check) behind += 1
  const report = readFileSync(resolve(`docs/api/${entry}.api.md`), 'utf8')
  for (const [, name = ''] of report.matchAll(/^export \{ \w+ as (\w+) \}/gm)) exported.add(name)
  for (const [, name = ''] of report.matchAll(
    /^export (?:declare )?(?:abstract )?(?:type|interface|class|const|function) (\w+)/gm
  ))
    exported.add(name)
}
const unknown = [...named].filter(([name]) => !exported.has(name) && !inner.has(name))
for (const [name, entry] of unknown)
  process.stderr.write(`${entry}: ${name} stands in a signature, and no entry exports it\n`)
if (unknown.length > 0) process.exitCode = 1
if (behind > 0) {
  process.stderr.write(`${behind} API reports are behind: run npm run api\n`)
  process.exitCode = 1
}

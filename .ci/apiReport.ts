/** Writes the public list of every entry to docs/api/, or with `--check` fails where a file there is behind: each public change shows in review. */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor'
import { resolve } from 'node:path'

const check = process.argv.includes('--check')
const entries = ['index', 'payload', 'event-hubs', 'snowflake', 'policies', 'change-events', 'telemetry', 'testing']
let behind = 0
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
  const result = Extractor.invoke(config, { localBuild: !check, showVerboseMessages: false })
  if (result.apiReportChanged && check) behind += 1
}
if (behind > 0) {
  process.stderr.write(`${behind} API reports are behind: run npm run api\n`)
  process.exitCode = 1
}

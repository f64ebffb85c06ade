/** Writes 50 records to the sink at argv[2], one flush each; says so when that fails, waits for a line, and tries again. */
import { once } from 'node:events'
import * as E from 'fp-ts/lib/Either.js'
import { createJsonLinesAuditSink } from 'on-demand-sync'
import { sampleAuditRecord } from 'on-demand-sync/testing'

const sink = createJsonLinesAuditSink({ path: process.argv[2] ?? '' })
for (let n = 0; n < 50; n += 1) {
  await sink.append([sampleAuditRecord(n)])()
  for (let flushed = await sink.flush()(); E.isLeft(flushed); flushed = await sink.flush()()) {
    process.stdout.write(`${flushed.left._tag}\n`)
    await once(process.stdin, 'data')
  }
}
await sink.close()()
process.stdout.write('done\n')
process.exit(0)

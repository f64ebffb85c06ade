import * as E from 'fp-ts/lib/Either.js'
import { execFile, spawn } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { AuditRecord, AuditSink } from 'on-demand-sync'
import { createJsonLinesAuditSink, orThrow } from 'on-demand-sync'
import { auditSinkContract, sampleAuditRecord } from 'on-demand-sync/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { rotate } from '../../src/audit/jsonLinesFile.ts'

const folders: Array<string> = []
const newFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

const fixture = fileURLToPath(new URL('./fullDisk.fixture.ts', import.meta.url))

const readAll = async (folder: string, tornEnd = false): Promise<ReadonlyArray<AuditRecord>> => {
  const files = (await readdir(folder)).filter(name => name.endsWith('.jsonl')).sort()
  const texts = await Promise.all(files.map(name => readFile(join(folder, name), 'utf8')))
  const whole = texts.map(text => (tornEnd ? text.slice(0, text.lastIndexOf('\n') + 1) : text))
  return whole.flatMap(text =>
    text
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line) as AuditRecord)
  )
}
const write = async (sink: AuditSink, ...records: ReadonlyArray<AuditRecord>) => {
  orThrow(await sink.append(records)())
  orThrow(await sink.flush()())
}
const numbers = (records: ReadonlyArray<AuditRecord>) =>
  records.map(({ position }) => position.sequenceNumber).sort((a, b) => a - b)

describe.each([{ maxFileBytes: 1 }, { maxFileBytes: 1_500 }, {}])('JSON lines AuditSink with %o', options => {
  const make = async () => {
    const folder = await newFolder()
    const open = () => createJsonLinesAuditSink({ path: join(folder, 'audit.jsonl'), ...options })
    return { sink: open(), read: () => readAll(folder), reopen: () => Promise.resolve(open()) }
  }
  for (const { name, run } of auditSinkContract({ make })) it(name, run)

  it('writes one line per record for readers too that end lines at U+2028 and U+2029', async () => {
    const folder = await newFolder()
    const sink = createJsonLinesAuditSink({ path: join(folder, 'audit.jsonl'), ...options })
    const reason = 'a\u2028b\u2029c'
    await write(sink, sampleAuditRecord(0, { reason }))
    const [record] = await readAll(folder)
    expect(record?.reason).toBe(reason)
    for (const name of await readdir(folder))
      expect(await readFile(join(folder, name), 'utf8')).not.toMatch(/[\u2028\u2029]/)
    orThrow(await sink.close()())
  })
})

describe('JSON lines AuditSink', () => {
  it('moves full files aside under growing numbers, and still knows their positions', async () => {
    const folder = await newFolder()
    const path = join(folder, 'audit.jsonl')
    for (let round = 0; round < 3; round += 1) {
      const sink = createJsonLinesAuditSink({ path, maxFileBytes: 1 })
      await write(sink, sampleAuditRecord(round), sampleAuditRecord(round + 1))
      orThrow(await sink.close()())
    }
    expect((await readdir(folder)).filter(name => name.endsWith('.jsonl')).sort()).toEqual([
      'audit.000001.jsonl',
      'audit.000002.jsonl',
      'audit.000003.jsonl'
    ])
    expect(numbers(await readAll(folder))).toEqual([0, 1, 2, 3])
    // Without the stored index the files themselves are read.
    for (const name of await readdir(folder))
      if (name.endsWith('.positions.json')) await writeFile(join(folder, name), '{"torn')
    const sink = createJsonLinesAuditSink({ path })
    await write(sink, sampleAuditRecord(0), sampleAuditRecord(4))
    orThrow(await sink.close()())
    expect(numbers(await readAll(folder))).toEqual([0, 1, 2, 3, 4])
  })

  it('keeps every file that it moved aside, whatever the name is', async () => {
    for (const name of ['audit', '.audit', 'audit.2025', 'audit.jsonl']) {
      const folder = await newFolder()
      const path = join(folder, name)
      for (let round = 0; round < 2; round += 1) {
        const sink = createJsonLinesAuditSink({ path, maxFileBytes: 1 })
        for (let n = 0; n <= round + 1; n += 1) await write(sink, sampleAuditRecord(n))
        orThrow(await sink.close()())
      }
      const files = (await readdir(folder)).filter(file => !file.endsWith('.positions.json'))
      const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
      const records = texts.map(text => JSON.parse(text) as AuditRecord)
      expect([name, numbers(records)]).toEqual([name, [0, 1, 2]])
    }
  })

  it('goes on after the millionth file', async () => {
    const folder = await newFolder()
    for (const number of ['999999', '1000000'])
      await writeFile(join(folder, `audit.${number}.jsonl`), `${JSON.stringify(sampleAuditRecord(Number(number)))}\n`)
    const sink = createJsonLinesAuditSink({ path: join(folder, 'audit.jsonl'), maxFileBytes: 1 })
    await write(sink, sampleAuditRecord(1_000_001))
    orThrow(await sink.close()())
    expect(numbers(await readAll(folder))).toEqual([999_999, 1_000_000, 1_000_001])
  })

  it('knows a file moved aside by what is in it, not by an index that is left of another or means nothing', async () => {
    const folder = await newFolder()
    const path = join(folder, 'audit.jsonl')
    const first = createJsonLinesAuditSink({ path, maxFileBytes: 1 })
    await write(first, sampleAuditRecord(0))
    orThrow(await first.close()())
    const index = `${join(folder, 'audit.000001.jsonl')}.positions.json`
    for (const nonsense of ['[1]', '[{"partition":1}]', '{}', '[{"partition":"p","ranges":[[1]],"newestAtMs":null}]']) {
      await writeFile(index, nonsense)
      const sink = createJsonLinesAuditSink({ path })
      await write(sink, sampleAuditRecord(0))
      orThrow(await sink.close()())
    }
    expect(numbers(await readAll(folder))).toEqual([0])
    // The file is deleted, its index stays; the next one gets its number, and a crash comes before its own index.
    await rm(join(folder, 'audit.000001.jsonl'))
    await writeFile(path, `${JSON.stringify(sampleAuditRecord(1))}\n`)
    await rotate(path)
    const second = createJsonLinesAuditSink({ path })
    await write(second, sampleAuditRecord(1), sampleAuditRecord(2))
    orThrow(await second.close()())
    expect(numbers(await readAll(folder))).toEqual([1, 2])
  })

  it.each(['removed', 'moved away', 'emptied'])('writes no record where nobody finds it: the file is %s', async how => {
    const folder = await newFolder()
    const path = join(folder, 'audit.jsonl')
    const sink = createJsonLinesAuditSink({ path, maxFileBytes: 2_000 })
    await write(sink, sampleAuditRecord(0))
    if (how === 'removed') await rm(path)
    else if (how === 'moved away') await rename(path, join(folder, 'old.jsonl'))
    else await truncate(path)
    for (let n = 0; n < 10; n += 1) await write(sink, sampleAuditRecord(n))
    orThrow(await sink.close()())
    expect(numbers(await readAll(folder))).toEqual([...(how === 'moved away' ? [0] : []), 1, 2, 3, 4, 5, 6, 7, 8, 9])
    // What was moved aside is known by its index alone.
    const again = createJsonLinesAuditSink({ path })
    for (let n = 1; n < 11; n += 1) await write(again, sampleAuditRecord(n))
    orThrow(await again.close()())
    expect(new Set(numbers(await readAll(folder))).size).toBe((await readAll(folder)).length)
  })

  it('answers AuditFailed while the folder is gone, and goes on when it is back', async () => {
    const folder = await newFolder()
    const path = join(folder, 'trail', 'audit.jsonl')
    await mkdir(join(folder, 'trail'))
    const sink = createJsonLinesAuditSink({ path })
    await write(sink, sampleAuditRecord(0))
    await rm(join(folder, 'trail'), { recursive: true })
    orThrow(await sink.append([sampleAuditRecord(1)])())
    expect(await sink.flush()()).toMatchObject(E.left({ _tag: 'AuditFailed' }))
    await mkdir(join(folder, 'trail'))
    orThrow(await sink.close()())
    expect(numbers(await readAll(join(folder, 'trail')))).toEqual([1])
  })

  it('cuts off what a crash left of a line, and takes its event again', async () => {
    const folder = await newFolder()
    const path = join(folder, 'audit.jsonl')
    const first = createJsonLinesAuditSink({ path })
    await write(first, sampleAuditRecord(0))
    orThrow(await first.close()())
    await appendFile(path, JSON.stringify(sampleAuditRecord(1)).slice(0, -1))
    const second = createJsonLinesAuditSink({ path })
    await write(second, sampleAuditRecord(1), sampleAuditRecord(2))
    orThrow(await second.close()())
    expect(numbers(await readAll(folder))).toEqual([0, 1, 2])
  })

  it('cuts off a torn line that is longer than what it reads at once', async () => {
    const folder = await newFolder()
    const path = join(folder, 'audit.jsonl')
    await writeFile(path, `${JSON.stringify(sampleAuditRecord(0))}\n{"x":"${'y'.repeat(300_000)}`)
    const sink = createJsonLinesAuditSink({ path })
    await write(sink, sampleAuditRecord(0), sampleAuditRecord(1))
    orThrow(await sink.close()())
    expect(numbers(await readAll(folder))).toEqual([0, 1])
  })

  it('answers AuditFailed where it cannot write, keeps the records, and writes them later', async () => {
    const folder = await newFolder()
    const path = join(folder, 'later', 'audit.jsonl')
    const sink = createJsonLinesAuditSink({ path })
    expect(await sink.append([sampleAuditRecord(0)])()).toMatchObject(E.left({ _tag: 'AuditFailed', sink: path }))
    await mkdir(join(folder, 'later'))
    await write(sink, sampleAuditRecord(0))
    orThrow(await sink.close()())
    expect(numbers(await readAll(join(folder, 'later')))).toEqual([0])
    expect(await sink.append([sampleAuditRecord(1)])()).toMatchObject(E.left({ _tag: 'Closed' }))
  })

  it('answers AuditFailed when the disk takes nothing', async () => {
    const sink = createJsonLinesAuditSink({ path: '/dev/full' })
    const appended = await sink.append([sampleAuditRecord(0)])()
    expect(E.isLeft(appended) ? appended : await sink.flush()()).toMatchObject(E.left({ _tag: 'AuditFailed' }))
  })

  it('leaves nothing half-written when room runs out, and goes on once there is room', async () => {
    const folder = await newFolder()
    // The limit on file size makes a write stop in the middle, as a full disk does; SIGXFSZ is ignored so that the write answers EFBIG.
    const child = spawn('bash', [
      '-c',
      'trap "" XFSZ; ulimit -S -f 4; exec "$0" --import tsx "$1" "$2"',
      process.execPath,
      fixture,
      join(folder, 'audit.jsonl')
    ])
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('AuditFailed')
    const { size } = await stat(join(folder, 'audit.jsonl'))
    expect(numbers(await readAll(folder, true)).length).toBeLessThan(50)
    expect(size).toBeLessThanOrEqual(4_096)
    await promisify(execFile)('prlimit', ['--pid', String(child.pid), '--fsize=unlimited'])
    child.stdin.write('go on\n')
    expect((await lines.next()).value).toBe('done')
    expect(numbers(await readAll(folder))).toEqual(Array.from({ length: 50 }, (_, n) => n))
  })

  it('lets several callers append and flush at the same time', async () => {
    const folder = await newFolder()
    const sink = createJsonLinesAuditSink({ path: join(folder, 'audit.jsonl'), maxFileBytes: 20_000 })
    await Promise.all(
      Array.from({ length: 20 }, async (_, caller) => {
        for (let n = 0; n < 10; n += 1)
          await write(sink, sampleAuditRecord(caller * 10 + n, { enqueuedAt: new Date(5_000).toISOString() }))
      })
    )
    orThrow(await sink.close()())
    expect(numbers(await readAll(folder))).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })
})

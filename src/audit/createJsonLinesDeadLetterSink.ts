/** Dead letters as JSON lines on the local disk. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { resolve } from 'node:path'
import type { DeadLetter, DeadLetterSink } from '../DeadLetterSink.ts'
import { createExclusive } from '../internal/exclusive.ts'
import { isObject } from '../internal/objects.ts'
import { fromPromise, SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { createFollowedFile } from './followedFile.ts'
import { openLinesFile, readLines } from './jsonLinesFile.ts'

/** Options of {@link createJsonLinesDeadLetterSink}. */
export interface JsonLinesDeadLetterSinkOptions {
  /** The file to append to; its folder must exist. One process writes to one file. It holds whole bodies. */
  readonly path: string
}

const toLine = ({ body, ...rest }: DeadLetter): string =>
  `${JSON.stringify({ ...rest, bodyBase64: Buffer.from(body).toString('base64') })}\n`

/**
 * A sink that writes one JSON line per letter, the body in base64, and makes it durable before it answers. `on-demand-sync replay` sends such a file again.
 *
 * **Errors**: AuditFailed; Closed after `close`.
 *
 * @example
 * ```ts no-run
 * import type { OnDemandSyncOptions } from 'on-demand-sync'
 * import { createJsonLinesDeadLetterSink, createOnDemandSync } from 'on-demand-sync'
 *
 * const start = (parts: OnDemandSyncOptions) =>
 *   createOnDemandSync({ ...parts, deadLetters: createJsonLinesDeadLetterSink({ path: 'dead-letters.jsonl' }) }).start()
 * void start
 * ```
 */
export const createJsonLinesDeadLetterSink = (options: JsonLinesDeadLetterSinkOptions): DeadLetterSink => {
  const path = resolve(options.path)
  const inTurn = createExclusive()
  const file = createFollowedFile(() => openLinesFile(path))
  let closed = false
  const fail = (detail: string) => (cause: unknown) => SyncError.AuditFailed({ sink: path, detail, cause })

  return {
    append: letters => () =>
      inTurn(
        fromPromise(
          'dead letter file',
          async () => {
            if (closed) throw new SyncException(SyncError.Closed({ what: 'dead letter sink' }))
            const target = await file.followed()
            await target.append(letters.map(toLine).join(''))
          },
          fail('cannot be written')
        )
      ),
    close: () =>
      closed
        ? TE.right(undefined)
        : () =>
            inTurn(
              fromPromise(
                'dead letter file',
                async () => {
                  closed = true
                  await file.letGo()
                },
                fail('cannot be closed')
              )
            )
  }
}

/**
 * The letters of a file that `createJsonLinesDeadLetterSink` wrote, one by one; undefined for a line that is none (edited by hand, or torn by a crash). Throws what Node throws where the file can't be read.
 *
 * @example
 * ```ts no-run
 * import { readDeadLetters } from 'on-demand-sync'
 *
 * for await (const letter of readDeadLetters('dead-letters.jsonl')) console.log(letter?.taskId, letter?.reason)
 * ```
 */
export async function* readDeadLetters(path: string): AsyncIterable<DeadLetter | undefined> {
  for await (const line of readLines(path)) yield toLetter(line)
}

const toLetter = (line: string): DeadLetter | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    if (!isObject(value)) return undefined
    const { bodyBase64, ...rest } = value as { readonly bodyBase64?: unknown }
    if (typeof bodyBase64 !== 'string') return undefined
    return { ...(rest as Omit<DeadLetter, 'body'>), body: Buffer.from(bodyBase64, 'base64') }
  } catch {
    // Not JSON: what the parser says of it quotes it.
    return undefined
  }
}

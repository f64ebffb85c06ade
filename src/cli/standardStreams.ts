/** Standard output and standard error, whose readers may go away: `| head -1`, a log shipper that died. */

/** What a command does goes on to its end without a reader; its exit code tells of it. Anything else that keeps a stream from being written makes that code a failure. */
export const outliveReaders = (streams: ReadonlyArray<NodeJS.WritableStream>): void => {
  for (const stream of streams)
    stream.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code !== 'EPIPE') process.exitCode ??= 1
    })
}

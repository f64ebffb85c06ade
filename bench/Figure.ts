/** One line of a benchmark's answer. */

/** A figure: ours against a reference measured in the same run. */
export interface Figure {
  readonly name: string
  readonly ours: number
  readonly reference: number
  /** ours / reference. */
  readonly ratio: number
  readonly unit: string
  readonly note: string
}

const rounded = (n: number): number => Number(n.toPrecision(4))

export const report = (name: string, ours: number, reference: number, unit: string, note: string): void => {
  const figure: Figure = {
    name,
    ours: rounded(ours),
    reference: rounded(reference),
    ratio: rounded(ours / reference),
    unit,
    note
  }
  process.stdout.write(`${JSON.stringify(figure)}\n`)
}

/** Microseconds per call, the best of a few rounds: the rest is what else the machine did. */
export const microsecondsPer = (calls: number, run: () => void): number => {
  let best = Infinity
  for (let round = 0; round < 5; round += 1) {
    const start = process.hrtime.bigint()
    for (let call = 0; call < calls; call += 1) run()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1_000 / calls)
  }
  return best
}

/** What something cost: wall-clock seconds, and seconds of this process's CPU. */
export const cost = async (
  run: () => Promise<void>
): Promise<{ readonly seconds: number; readonly cpuSeconds: number }> => {
  const cpu = process.cpuUsage()
  const start = process.hrtime.bigint()
  await run()
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, cpuSeconds: (user + system) / 1e6 }
}

/** What a contract suite is made of: data, so that every test runner can run it. */

/** One thing that every implementation of a port does. `run` rejects with an `AssertionError` when it does not. */
export interface ContractCase {
  readonly name: string
  readonly run: () => Promise<void>
}

/** Cases that an implementation cannot pass, with the reason why. Shown in the case's name, so that nothing is left out in silence. */
export interface ContractSkip {
  readonly reason: string
  /** Names of cases, exactly as they stand in the suite. */
  readonly cases: ReadonlyArray<string>
}

/** Options that every suite takes. */
export interface ContractOptions {
  /** Default: nothing is skipped. */
  readonly skip?: ReadonlyArray<ContractSkip>
}

/** Takes skipped cases out; an unknown name throws, so that a skip can't outlive its case. */
export const withSkips = (
  cases: ReadonlyArray<ContractCase>,
  { skip = [] }: ContractOptions = {}
): ReadonlyArray<ContractCase> => {
  const unknown = skip
    .flatMap(({ cases: names }) => names)
    .find(name => !cases.some(contractCase => contractCase.name === name))
  if (unknown !== undefined) throw new TypeError(`no contract case is called "${unknown}"`)
  return cases.map(({ name, run }) => {
    const reason = skip.find(({ cases: names }) => names.includes(name))?.reason
    return reason === undefined ? { name, run } : { name: `${name} (skipped: ${reason})`, run: () => Promise.resolve() }
  })
}

/** Cases of a suite whose subjects are made anew for each: `run` gets one, and whatever it does `end` lets it go, before its own `teardown`. */
export const casesOver =
  <S extends { readonly teardown?: () => Promise<void> }>(
    make: () => Promise<S>,
    end: (subject: S) => Promise<void> = () => Promise.resolve()
  ) =>
  (name: string, check: (subject: S) => Promise<void>): ContractCase => ({
    name,
    run: async () => {
      const subject = await make()
      try {
        await check(subject)
      } finally {
        await end(subject)
        await subject.teardown?.()
      }
    }
  })

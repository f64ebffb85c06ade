/** How the values of a level are compared (agents-common, `RangerAbstractResourceMatcher`). */

/** Read from a level's `matcherOptions`. */
export interface MatcherOptions {
  readonly ignoreCase: boolean
  /** False: `*` and `?` stand for themselves. */
  readonly wildCard: boolean
  /** Case counts for a resource's name that begins with one of `quoteChars`. */
  readonly quotedCaseSensitive: boolean
  readonly quoteChars: string
  /** Undefined: `{USER}` and the like stand for themselves. */
  readonly tokens: TokenDelimiters | undefined
  /** Whether `${{ … }}` is worked out. */
  readonly expressions: boolean
  readonly pathSeparator: string
}

/** How tokens are written. */
export interface TokenDelimiters {
  readonly start: string
  readonly end: string
  readonly escape: string
  readonly prefix: string
}

/** Reads the options. */
export const matcherOptions = (options: ReadonlyMap<string, string>): MatcherOptions => {
  const flag = (name: string, absent: boolean) => (options.get(name) ?? String(absent)).toLowerCase() === 'true'
  const unit = (name: string, absent: string) => (options.get(name) ?? '').charAt(0) || absent
  const delimiters: TokenDelimiters = {
    start: unit('tokenDelimiterStart', '{'),
    end: unit('tokenDelimiterEnd', '}'),
    escape: unit('tokenDelimiterEscape', '\\'),
    prefix: options.get('tokenDelimiterPrefix') ?? ''
  }
  return {
    ignoreCase: flag('ignoreCase', true),
    wildCard: flag('wildCard', true),
    quotedCaseSensitive: flag('quotedCaseSensitive', false),
    quoteChars: options.get('quoteChars') ?? '"',
    tokens: flag('replaceTokens', true) && canTell(delimiters) ? delimiters : undefined,
    expressions: flag('replaceReqExpressions', true),
    pathSeparator: unit('pathSeparatorChar', '/')
  }
}

/** Delimiters that can't be told apart are not used at all. */
const canTell = ({ start, end, escape, prefix }: TokenDelimiters): boolean =>
  escape !== start && escape !== end && ![escape, start, end].some(unit => prefix.includes(unit))

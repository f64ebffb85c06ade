/** A policy's value with everything in it that depends on who asks: `{USER}` and `${{ … }}`. */
import type { MatcherOptions, TokenDelimiters } from './matcherOptions.ts'

/** What the tokens and expressions of a value stand for. */
export interface ValueScope {
  /** What `{NAME}` stands for; undefined: for nothing, and it stays as it is written. */
  readonly token: (name: string) => string | undefined
  /** What `${{ … }}` comes to; undefined: it can't be told. */
  readonly expression: (source: string) => string | undefined
}

/** A stretch of text. What was put in for a token holds no wildcards, whatever is in it: a user named `*` is no everybody. */
export interface Stretch {
  readonly text: string
  readonly isLiteral: boolean
}

const expression = /\$\{\{(.*?)\}\}/g

/** Whether the value has to be worked out for each request. */
export const isDynamicText = (text: string, { tokens, expressions }: MatcherOptions): boolean =>
  hasTokens(text, tokens) || (expressions && text.search(expression) >= 0)

const hasTokens = (text: string, tokens: TokenDelimiters | undefined): boolean =>
  tokens !== undefined && (text.includes(tokens.escape) || (text.includes(tokens.start) && text.includes(tokens.end)))

/** The value for one request; undefined where part of it can't be told. */
export const expandText = (
  text: string,
  options: MatcherOptions,
  scope: ValueScope
): ReadonlyArray<Stretch> | undefined => {
  const { tokens } = options
  const plain = (raw: string): ReadonlyArray<Stretch> =>
    tokens === undefined ? [{ text: raw, isLiteral: false }] : replaceTokens(raw, tokens, scope)
  if (!options.expressions) return plain(text)
  const stretches: Array<Stretch> = []
  let at = 0
  for (const match of text.matchAll(expression)) {
    const value = scope.expression(match[1] ?? '')
    if (value === undefined) return undefined
    stretches.push(...plain(text.slice(at, match.index)), { text: value, isLiteral: true })
    at = match.index + match[0].length
  }
  return [...stretches, ...plain(text.slice(at))]
}

/** An escape before a delimiter or another escape is taken away; any other is a unit like any other. */
const replaceTokens = (
  text: string,
  { start, end, escape, prefix }: TokenDelimiters,
  scope: ValueScope
): ReadonlyArray<Stretch> => {
  const stretches: Array<Stretch> = []
  let plain = ''
  let token: string | undefined
  const add = (units: string) => {
    if (token === undefined) plain += units
    else token += units
  }
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at)
    if (unit === escape) {
      at += 1
      const next = text.charAt(at)
      const isEscaped = next !== '' && (next === escape || next === (token === undefined ? start : end))
      add(isEscaped ? next : escape + next)
    } else if (token === undefined && unit === start) token = ''
    else if (token !== undefined && unit === end) {
      const value = token.startsWith(prefix) ? scope.token(token.slice(prefix.length)) : undefined
      if (value === undefined) plain += start + token + end
      else {
        stretches.push({ text: plain, isLiteral: false }, { text: value, isLiteral: true })
        plain = ''
      }
      token = undefined
    } else add(unit)
  }
  if (token !== undefined) plain += start + token
  return [...stretches, { text: plain, isLiteral: false }]
}

/** The smallest pieces of a statement, each with its place in the text. */
import type { Place } from '../StatementError.ts'

/**
 * `word` is an unquoted identifier or keyword (value in upper case), `quoted` an identifier in double quotes (value unquoted),
 * `string` covers both `'…'` and `$$…$$` (value unescaped), `variable` is `$1` or `$NAME` (value without the dollar sign).
 */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'bind' | 'variable' | 'end'

export interface Token extends Place {
  readonly kind: TokenKind
  readonly value: string
  /** Offsets into the text: `start` included, `end` excluded. */
  readonly start: number
  readonly end: number
}

/** What an error message shows for the token. */
export const displayToken = (token: Token, source: string): string =>
  token.kind === 'end' ? '<EOF>' : source.slice(token.start, Math.min(token.end, token.start + 100))

/** The words of a condition's script. */

export type ScriptToken =
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'symbol'; readonly text: string }

const lexeme =
  /\s+|(?<name>[A-Za-z_$][\w$]*)|(?<number>\d+(?:\.\d+)?)|(?<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?<symbol>===|!==|==|!=|<=|>=|&&|\|\||[-+!<>=?:.,;()[\]{}])/uy

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t']
])

/** The longest script that is looked at. */
const mostUnits = 10_000

/** The words, or undefined where something in it is none. */
export const scriptTokens = (source: string): ReadonlyArray<ScriptToken> | undefined => {
  if (source.length > mostUnits) return undefined
  const tokens: Array<ScriptToken> = []
  for (let at = 0; at < source.length;) {
    lexeme.lastIndex = at
    const match = lexeme.exec(source)
    if (match === null) return undefined
    at += match[0].length
    const { name, number, text, symbol } = match.groups ?? {}
    if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number) })
    else if (text !== undefined) {
      const value = unescape(text.slice(1, -1))
      if (value === undefined) return undefined
      tokens.push({ kind: 'text', value })
    } else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol })
  }
  return tokens
}

/** Escapes other than these few are not supported. */
const unescape = (text: string): string | undefined => {
  const isKnown = [...text.matchAll(/\\(.)/gu)].every(([, unit = '']) => escapes.has(unit) || /[\\'"]/.test(unit))
  return isKnown ? text.replace(/\\(.)/gu, (_, unit: string) => escapes.get(unit) ?? unit) : undefined
}

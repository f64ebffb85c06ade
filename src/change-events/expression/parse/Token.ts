/** One token of an expression. */
export interface Token {
  readonly kind: 'name' | 'keyword' | 'number' | 'text' | 'symbol' | 'end'
  /** A name as written, a keyword in lower case, the digits of a number, the content of a text, a symbol. */
  readonly value: string
  /** UTF-16 units before it. */
  readonly offset: number
}

/** The token in words, without the content of a text or a number. */
export const describeToken = ({ kind, value }: Token): string => {
  switch (kind) {
    case 'end':
      return 'the end of the text'
    case 'number':
      return 'a number'
    case 'text':
      return 'a text'
    case 'name':
      return 'a name'
    case 'keyword':
    case 'symbol':
      return `'${value}'`
  }
}

/** All keywords. None can be a name or a member; they ignore case. */
export const keywords: ReadonlySet<string> = new Set(
  (
    'null true false in for of where with any all like ilike select from union distinct join left right inner outer full ' +
    'on as group order by cast and or xor not case when then else end is asc desc'
  ).split(' ')
)

/** Keywords that may name a loop variable, a parameter, a binding or an alias, although no expression can then refer to it. */
export const namingKeywords: ReadonlySet<string> = new Set(
  (
    'with for in where any all of like ilike select from union join left right inner outer as group order by ' +
    'cast full'
  ).split(' ')
)

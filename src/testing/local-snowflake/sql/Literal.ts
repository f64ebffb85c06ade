/** Constants. */

/** A constant. `text` is how it was written (numbers), or its value (texts, dates); NULL has none. */
export interface Literal {
  readonly kind: 'literal'
  readonly type:
    | 'text'
    | 'number'
    | 'float'
    | 'boolean'
    | 'null'
    | 'date'
    | 'time'
    | 'timestamp'
    | 'timestamp_ltz'
    | 'timestamp_tz'
    | 'binary'
    | 'variant'
  readonly text: string
}

export const nullLiteral: Literal = { kind: 'literal', type: 'null', text: '' }
export const textLiteral = (text: string): Literal => ({ kind: 'literal', type: 'text', text })
export const numberLiteral = (value: number | string): Literal => ({
  kind: 'literal',
  type: 'number',
  text: String(value)
})
export const booleanLiteral = (value: boolean): Literal => ({ kind: 'literal', type: 'boolean', text: String(value) })

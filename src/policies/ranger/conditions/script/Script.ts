/** A condition's script, read: expressions only, nothing that could loop, assign or reach out. */

export type UnaryOperator = '!' | '-'
export type BinaryOperator = '==' | '!=' | '===' | '!==' | '<' | '<=' | '>' | '>=' | '+' | '-'
export type LogicalOperator = '&&' | '||'

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly items: ReadonlyArray<Expression> }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: ReadonlyArray<Expression> }
  | {
      readonly kind: 'method'
      readonly object: Expression
      readonly name: string
      readonly args: ReadonlyArray<Expression>
    }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'logical'
      readonly operator: LogicalOperator
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'conditional'
      readonly test: Expression
      readonly then: Expression
      readonly otherwise: Expression
    }

/** All expressions in one, itself included. */
export const partsOfExpression = (expression: Expression): ReadonlyArray<Expression> => {
  const inner = (): ReadonlyArray<Expression> => {
    switch (expression.kind) {
      case 'literal':
      case 'name':
        return []
      case 'list':
        return expression.items
      case 'member':
        return [expression.object, expression.key]
      case 'call':
        return expression.args
      case 'method':
        return [expression.object, ...expression.args]
      case 'unary':
        return [expression.operand]
      case 'binary':
      case 'logical':
        return [expression.left, expression.right]
      case 'conditional':
        return [expression.test, expression.then, expression.otherwise]
    }
  }
  return [expression, ...inner().flatMap(partsOfExpression)]
}

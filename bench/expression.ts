/** A filter asked about one object: compiled to closures against walking its tree. */
import * as E from 'fp-ts/lib/Either.js'
import { compileExpression, interpretExpression, parseExpression } from '../src/change-events/index.ts'
import { microsecondsPer, report } from './Figure.ts'

const object = {
  id: 'o1',
  status: 'PAID',
  amount: 150,
  customer: { id: 'c7', country: 'DE' },
  tags: ['vip', 'eu'],
  lines: Array.from({ length: 10 }, (_, n) => ({ sku: `s${n}`, quantity: n }))
}

const filters: { readonly [name: string]: string } = {
  conditions: "status in ['NEW', 'PAID'] && amount > 100 && customer.country == 'DE' && 'vip' in tags",
  pattern: "customer.id like 'c%' && !(status like '%EW')",
  loop: 'line.quantity > 8 for any line of lines'
}

export const expression = (): Promise<void> => {
  for (const [name, text] of Object.entries(filters)) {
    const parsed = parseExpression(text)
    if (E.isLeft(parsed)) throw new Error('not an expression')
    const tree = parsed.right
    const { evaluate } = compileExpression(tree)
    const compiled = microsecondsPer(20_000, () => void evaluate(object))
    const interpreted = microsecondsPer(20_000, () => void interpretExpression(tree, object))
    report(`expression, ${name}`, compiled, interpreted, 'us/evaluation', 'reference: the interpreter')
  }
  return Promise.resolve()
}

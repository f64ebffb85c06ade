/** `with a as 1, b as 2 body`. Where the last value ends is for {@link WithReader} to find. */
import type { With } from '../Expression.ts'
import type { Parser } from './Parser.ts'

export const parseWith = ({ cursor, greedyValue, valueAndBody }: Parser): With => {
  cursor.expect('with')
  const bindings: Array<With['bindings'][number]> = []
  for (;;) {
    const name = cursor.name()
    cursor.expect('as')
    const greedy = greedyValue()
    if (cursor.at(',') && cursor.atName(1) && cursor.at('as', 2)) {
      cursor.next()
      bindings.push({ name, value: greedy.value })
    } else {
      const [value, body] = valueAndBody(greedy)
      return { _tag: 'With', bindings: [...bindings, { name, value }], body }
    }
  }
}

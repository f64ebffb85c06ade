/** Measures a tree without recursion: it is there to keep recursion from going too deep. */
import { childrenOf } from './children.ts'
import type { Expression } from './Expression.ts'

/** Whether the tree has more than `levels` levels. */
export const isDeeperThan = (expression: Expression, levels: number): boolean => {
  let layer: ReadonlyArray<Expression> = [expression]
  for (let depth = 0; layer.length > 0; depth += 1) {
    if (depth >= levels) return true
    layer = layer.flatMap(childrenOf)
  }
  return false
}

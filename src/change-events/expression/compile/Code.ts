/** Compiled code: a tree of closures, each holding what could be worked out beforehand. */
import type { Expression } from '../Expression.ts'
import type { Run } from '../evaluate/Run.ts'
import type { Value } from '../values/Value.ts'

/** The variables of one loop, lambda or `with`, and those around it. A lambda called with too few arguments has fewer values than names. */
export interface Frame {
  readonly values: ReadonlyArray<Value>
  readonly outer: Frame | undefined
}

export type Code = (run: Run, frame: Frame | undefined) => Value
export type Test = (run: Run, frame: Frame | undefined) => boolean

/** The names that a form gives meaning to within itself. */
export interface Binder {
  readonly names: ReadonlyArray<string>
  /** Whether a name may be left without a value: a lambda's parameters. */
  readonly partial: boolean
}

/** What is known while compiling: the binders around, innermost first. */
export type Binders = ReadonlyArray<Binder>

/** Compiles a part. Handed down, so that the files for the single forms need not import the one that calls them. */
export interface Compiler {
  readonly code: (node: Expression, binders: Binders) => Code
  /** As a condition. */
  readonly test: (node: Expression, binders: Binders) => Test
}

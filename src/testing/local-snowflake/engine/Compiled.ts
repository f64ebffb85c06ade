/** Pieces of DuckDB SQL with what is known about their type. */
import type { DataType } from '../sql/DataType.ts'
import type { Expression } from '../sql/SyntaxTree.ts'
import type { Literal } from '../sql/Literal.ts'
import type { Row } from '../statements/ResultSet.ts'
import type { KnownValue } from './KnownValue.ts'

export interface Compiled {
  /** Safe to stand inside any other expression. */
  readonly sql: string
  /** Undefined when only the engine knows. */
  readonly type: DataType | undefined
  /** Set when the value is a constant. */
  readonly literal?: Literal
  /** Set when the value can be told from a row that is there already. */
  readonly known?: KnownValue
}

export interface CompiledColumn {
  readonly name: string
  readonly type: DataType | undefined
}

/** A query whose result columns are called `x1`, `x2` … in the engine; their real names are in `columns`. */
export interface CompiledQuery {
  readonly sql: string
  readonly columns: ReadonlyArray<CompiledColumn>
  /** The only row, when the query needs no engine at all. */
  readonly constants?: ReadonlyArray<Compiled>
  /** All rows, when they are there already and the engine need not be asked for them. */
  readonly rows?: () => ReadonlyArray<Row>
}

/** A select or a set of them, before ORDER BY. */
export interface CompiledBody extends CompiledQuery {
  /** What ORDER BY may hold for this expression: a position, or an expression of the select. */
  readonly orderBy: (expression: Expression) => string
}

export const textSql = (text: string): string => {
  // The engine's parser stops at NUL, so that character is put together outside the literal.
  const parts = text.split('\0').map(part => `'${part.replaceAll("'", "''")}'`)
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(' || chr(0) || ')})`
}

/** The name of the result column at this place, counting from 0. */
export const outputName = (index: number): string => `x${index + 1}`

/** One name, or a list of names: nobody should have to write brackets around a single one. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { CodecFault } from '../internal/codecFaults.ts'
import { withSchema } from '../internal/jsonSchema.ts'

/** One name, or a list of names. */
export type OneOrMany = string | ReadonlyArray<string>

/** A path into a document. */
export type Path = CodecFault['path']

const listRule = 'must be a name or a list of at least one name'
export const isName = (u: unknown): u is string => typeof u === 'string' && u !== ''
const isNames = (u: unknown): u is OneOrMany => isName(u) || (Array.isArray(u) && u.length > 0 && u.every(isName))

/** The codec of names of one kind. What they are, and by which pattern an editor can tell, goes into the schema; what exactly is wrong with a name, its reader says. */
export const namesOf = (description: string, pattern?: string): t.Type<OneOrMany> => {
  const name = { type: 'string', minLength: 1, ...(pattern === undefined ? {} : { pattern }) }
  return withSchema(
    new t.Type<OneOrMany>(
      'OneOrMany',
      isNames,
      (u, context) => (isNames(u) ? t.success(u) : t.failure(u, context, listRule)),
      t.identity
    ),
    { description, anyOf: [name, { type: 'array', minItems: 1, items: name }] }
  )
}

/** A list is one everywhere else. */
export const many = (names: OneOrMany | undefined): ReadonlyArray<string> =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names

/** A fault for each name that can't be read. */
export const each = <A>(
  names: OneOrMany | undefined,
  path: Path,
  read: (name: string) => E.Either<string, A>
): ReadonlyArray<CodecFault> =>
  many(names).flatMap((name, index) => {
    const result = read(name)
    return E.isLeft(result) ? [{ path: typeof names === 'string' ? path : [...path, index], rule: result.left }] : []
  })

/** `SALES.PUBLIC.*`: names of resources with `*` for any text in a part, as policy documents write them. */
import * as E from 'fp-ts/lib/Either.js'
import { namePattern } from '../internal/NamePattern.ts'

/** One to four parts: database, schema, table, column. */
export interface ResourcePattern {
  readonly parts: ReadonlyArray<(name: string) => boolean>
}

const unquoted = /^[^".\s]+/
const quoted = /^"(?:[^"]|"")+"/

const part = '("([^"]|"")+"|[^".\\sa-z]+)'

/** For editors: names of so many parts. Knows lower case of ASCII only, as not every editor's expressions know more. */
export const schemaPattern = (least: number, most: number = least): string =>
  most === 1 ? `^${part}$` : `^${part}(\\.${part}){${least - 1},${most - 1}}$`

/** For editors: a role or a user. */
export const principalPattern: string = `^((user|role):)?${part}$`

/** A name as written: a pattern, or (quoted) one exact name. */
export interface WrittenName {
  readonly text: string
  readonly exact: boolean
}

/**
 * Reads a name, or a part of one. An unquoted name in lower case is refused: Snowflake stores unquoted names in upper case, so such a pattern would match nothing, in silence.
 */
export const readWrittenName = (text: string): E.Either<string, WrittenName> => {
  if (quoted.exec(text)?.[0] === text) return E.right({ text: text.slice(1, -1).replaceAll('""', '"'), exact: true })
  if (unquoted.exec(text)?.[0] !== text) return E.left(`must quote a name with spaces, dots or quotes: '"my name"'`)
  if (text === text.toUpperCase()) return E.right({ text, exact: false })
  return E.left(
    `must be in upper case, as Snowflake stores unquoted names, or quoted where the stored name is in lower case: '"my_name"'`
  )
}

const toPredicate = ({ text, exact }: WrittenName): ((name: string) => boolean) =>
  exact ? name => name === text : namePattern(text)

const dotted = 'must be names separated by dots, like SALES.PUBLIC.ORDERS'

/** Reads names separated by dots, one to four of them, or says what is wrong. */
export const readWrittenNames = (text: string): E.Either<string, ReadonlyArray<WrittenName>> => {
  const names: Array<WrittenName> = []
  let rest = text
  for (;;) {
    const part = (quoted.exec(rest) ?? unquoted.exec(rest))?.[0]
    if (part === undefined) return E.left(dotted)
    const name = readWrittenName(part)
    if (E.isLeft(name)) return name
    names.push(name.right)
    rest = rest.slice(part.length)
    if (rest === '')
      return names.length <= 4
        ? E.right(names)
        : E.left('must have at most four parts: database, schema, table, column')
    if (!rest.startsWith('.')) return E.left(dotted)
    rest = rest.slice(1)
  }
}

/** Reads a pattern of one to four parts, or says what is wrong with it. */
export const readResourcePattern = (text: string): E.Either<string, ResourcePattern> => {
  const names = readWrittenNames(text)
  return E.isLeft(names) ? names : E.right({ parts: names.right.map(toPredicate) })
}

/** True where the first `names.length` parts match; a pattern with more parts matches something inside of what is named. */
export const matchesPrefix = ({ parts }: ResourcePattern, names: ReadonlyArray<string>): boolean =>
  parts.length >= names.length && names.every((name, index) => parts[index]?.(name) === true)

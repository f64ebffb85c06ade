/** Single settings, each with a rule that says what would be right. */
import * as t from 'io-ts'
import { withSchema } from '../../../internal/jsonSchema.ts'

const setting = <A>(rule: string, holds: (u: unknown) => boolean, schema: object): t.Type<A> =>
  withSchema(
    new t.Type<A>(
      rule,
      (u): u is A => holds(u),
      (u, context) => (holds(u) ? t.success(u as A) : t.failure(u, context, rule)),
      t.identity
    ),
    { description: rule, ...schema }
  )

const isText = (u: unknown): boolean => typeof u === 'string' && u !== ''

export const Text: t.Type<string> = setting('must be a text that is not empty', isText, {
  type: 'string',
  minLength: 1
})

export const NullableText: t.Type<string | null> = setting(
  'must be a name of Snowflake, or null where there is none',
  u => u === null || isText(u),
  { anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] }
)

/** Timers of Node run at once beyond 24 days. */
const longestMs = 86_400_000

export const Milliseconds: t.Type<number> = setting(
  'must be a whole number of milliseconds, from 1 to 86400000',
  u => Number.isInteger(u) && (u as number) >= 1 && (u as number) <= longestMs,
  { type: 'integer', minimum: 1, maximum: longestMs }
)

export const oneOf = <A extends string>(...words: ReadonlyArray<A>): t.Type<A> =>
  setting(`must be one of ${words.join(', ')}`, u => words.some(word => word === u), { enum: words })

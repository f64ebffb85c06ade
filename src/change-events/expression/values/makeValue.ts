/** Values that JSON has no notation for. */
import { parseIsoDate, parseIsoDatetime } from '../dates/parseIso.ts'
import * as E from 'fp-ts/lib/Either.js'
import { defaultExpressionLimits } from '../ExpressionLimits.ts'
import { createMeter } from '../Meter.ts'
import { setOf } from '../operators/setOf.ts'
import { attempt } from '../raise.ts'
import { decimalFromText } from './decimals.ts'
import { readValue } from './readValue.ts'
import type { Bytes, Decimal, Instant, LocalDate, Value, ValueSet } from './Value.ts'
import { bytes, float } from './Value.ts'

/** Constructors of values. */
export interface MakeValue {
  /** A binary64 number, also where it has an integer value: 1.0. */
  readonly float: (value: number) => Value
  /** A decimal with its scale: `1.10`. Undefined where the text is no decimal of at most 1,000 digits. */
  readonly decimal: (text: string) => Decimal | undefined
  /** A calendar date from ISO 8601 text. Undefined where it is none. */
  readonly date: (text: string) => LocalDate | undefined
  /** A point in time from ISO 8601 text, in UTC unless it says otherwise. Undefined where it is none. */
  readonly datetime: (text: string) => Instant | undefined
  /** A set; of equal elements the first is kept. Undefined where an element is nested too deeply or too large to tell. */
  readonly set: (elements: Iterable<unknown>) => ValueSet | undefined
  /** Bytes. */
  readonly bytes: (content: Uint8Array) => Bytes
}

/**
 * Makes values for a context.
 *
 * **When to use**: for what JSON cannot say. A context may also hold a `Date`, a `Uint8Array`, a `Map` or a `Set` as it is.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { compileFilter, makeValue } from 'on-demand-sync/change-events'
 *
 * const filter = compileFilter("born < '2000-01-01' && price == cast('1.10' as decimal)")
 * const context = { born: makeValue.date('1999-12-31'), price: makeValue.decimal('1.10') }
 * const found = E.isLeft(filter) ? filter : filter.right.matches(context)
 * if (E.isLeft(found) || !found.right) throw new Error('unexpected')
 * ```
 */
export const makeValue: MakeValue = {
  float,
  decimal: text => orUndefined(() => decimalFromText(text)),
  date: parseIsoDate,
  datetime: parseIsoDatetime,
  set: elements => orUndefined(() => setOf([...elements].map(readValue), createMeter(defaultExpressionLimits))),
  bytes
}

const orUndefined = <A>(make: () => A | undefined): A | undefined => {
  const made = attempt(defaultExpressionLimits.maxDepth, make)
  return E.isRight(made) ? made.right : undefined
}

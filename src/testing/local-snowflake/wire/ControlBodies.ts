/** What the control API takes as bodies. A field it does not know is refused: a misspelt `count` would mean "for ever". */
import * as t from 'io-ts'
import { codecFaults } from '../../../internal/codecFaults.ts'
import { isObject } from '../../../internal/objects.ts'
import type { Fault, FaultRule } from '../Faults.ts'

const text = t.string
const number = t.number
const count = t.refinement(t.number, n => Number.isSafeInteger(n) && n >= 0, 'a whole number, 0 or more')
const pattern = t.refinement(t.string, isPattern, 'a regular expression')
const oneOf = <A extends string>(...all: ReadonlyArray<A>) =>
  t.keyof(Object.fromEntries(all.map(each => [each, null])) as Record<A, null>, `one of ${all.join(', ')}`)

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'i').source !== ''
  } catch {
    return false
  }
}

const body = <R extends t.Props, O extends t.Props>(required: R, optional: O) =>
  t.exact(t.intersection([t.type(required), t.partial(optional)]))

/** By what they do; `kind` itself is looked at first. */
const faults: { readonly [K in Fault['kind']]: t.Mixed } = {
  status: body({ kind: text, status: count }, {}),
  answer: body({ kind: text, body: text }, { status: count, contentType: text }),
  reset: body({ kind: text }, { when: oneOf('before', 'after', 'halfway') }),
  hang: body({ kind: text }, {}),
  latency: body({ kind: text, ms: number }, {}),
  session: body({ kind: text, code: oneOf('390112', '390111', '390104', '390114') }, {}),
  error: body({ kind: text, code: text }, { sqlState: text, message: text }),
  slow: body({ kind: text, ms: number }, {}),
  withhold: body({ kind: text, privileges: t.readonlyArray(text) }, {}),
  run: body({ kind: text, sql: text }, {})
}
const kind = oneOf(...(Object.keys(faults) as ReadonlyArray<Fault['kind']>))

type Rule = Omit<FaultRule, 'sql'> & { readonly sql?: string; readonly sqlPattern?: string }
type Execute = { readonly sql: string; readonly role?: string; readonly user?: string }
type Token = { readonly user: string; readonly role?: string; readonly validitySeconds?: number }

/** Over the wire an expression is `sqlPattern`, a text; it ignores case. What its fault holds `faultsOf` looks at. */
export const RuleBody: t.Type<Rule, unknown> = body(
  { fault: t.type({ kind }) },
  { path: text, sql: text, sqlPattern: pattern, user: text, skip: count, count }
) as t.Mixed
export const ExecuteBody: t.Type<Execute, unknown> = body({ sql: text }, { role: text, user: text })
export const TokenBody: t.Type<Token, unknown> = body({ user: text }, { role: text, validitySeconds: number })

/** What is wrong with a body, in words; empty where nothing is. */
export const faultsOf = (codec: t.Mixed, value: unknown): string => {
  const found = codecFaults(codec, value)
  const fault: unknown = isObject(value) && found.length === 0 ? (value as { fault?: unknown }).fault : undefined
  const inside = isFault(fault)
    ? codecFaults(faults[fault.kind], fault).map(each => ({ ...each, path: ['fault', ...each.path] }))
    : []
  return [...found, ...inside].map(({ path, rule }) => `${path.join('.') || 'the body'} ${rule}`).join('; ')
}

const isFault = (u: unknown): u is Fault => t.type({ kind }).is(u)

/**
 * Replays a file of conformance vectors of the expression language: `node --import tsx .ci/expressionConformance.ts FILE`.
 *
 * A vector passes if both evaluators give the expected value, of the expected kind, and the expected truth; or the expected fault in the
 * expected phase. Kinds of fault that this library has no name for are compared by phase. A vector is skipped, with the reason, only
 * where it records a defect of the reference that docs/expression-language.md says we do not copy, and we differ from it.
 */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { childrenOf } from '../src/change-events/expression/children.ts'
import {
  bindExpression,
  compileExpression,
  defaultExpressionLimits,
  interpretExpression,
  makeValue,
  parseExpression,
  printExpression,
  renameExpression,
  toDisjunction
} from '../src/change-events/expression/index.ts'
import type { Expression, ExpressionContext, ExpressionFault, Value } from '../src/change-events/expression/index.ts'
import { createMeter } from '../src/change-events/expression/Meter.ts'
import { identityOf } from '../src/change-events/expression/operators/equality.ts'
import { integer } from '../src/change-events/expression/values/Value.ts'

type Phase = 'parse' | 'bind' | 'evaluate'
type Fault = ExpressionFault & { readonly phase: Phase }
type Result<A> = E.Either<Fault, A>

interface Vector {
  readonly id: string
  readonly expr?: string
  readonly filter?: string
  readonly prefix?: string
  readonly context?: unknown
  readonly before?: unknown
  readonly after?: unknown
  readonly expected?: unknown
  readonly truthy?: boolean | null
  readonly error?: { readonly kind: string; readonly phase: Phase }
}

/** What is wrong with a result; undefined where it is right. */
type Check = (vector: Vector) => string | undefined

const during =
  (phase: Phase) =>
  (fault: ExpressionFault): Fault => ({ ...fault, phase })

const parse = (text: string): Result<Expression> => E.mapLeft(during('parse'))(parseExpression(text))
const bind = (expression: Expression, values: ExpressionContext): Result<Expression> =>
  E.mapLeft(during('bind'))(bindExpression(expression, values))

/** The text that all ways of writing the same bound expression share. */
const normal = (text: string): string => {
  const bound = pipe(
    parse(text),
    E.flatMap(expression => bind(expression, {}))
  )
  return E.isRight(bound) ? printExpression(bound.right) : `not an expression: ${text}`
}

/** A vector's value: plain JSON, and tagged values for what JSON has no notation for. */
const decode = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(decode)
  if (typeof json !== 'object' || json === null) return json
  const entries = Object.entries(json)
  const [tag, content] = entries.length === 1 ? (entries[0] ?? ['']) : ['']
  switch (tag) {
    case '$int':
      return integer(BigInt(String(content)))
    case '$float':
      return makeValue.float(Number(content))
    case '$decimal':
      return makeValue.decimal(String(content))
    case '$date':
      return makeValue.date(String(content))
    case '$datetime':
      return makeValue.datetime(String(content))
    case '$set':
      return makeValue.set((content as ReadonlyArray<unknown>).map(decode))
    case '$binary':
      return makeValue.bytes(new Uint8Array(Buffer.from(String(content), 'base64')))
    default:
      // A name may begin with a dollar sign; a tag that is not known would be read as a value of another kind.
      if (/^\$[a-z]+$/.test(tag) && typeof content === 'string') throw new Error(`a tag that is not known: ${tag}`)
      return Object.fromEntries(entries.map(([key, value]) => [key, decode(value)]))
  }
}

/** A context is no value: one that has `$a` alone for a name is no tagged one. */
const contextOf = (json: unknown): ExpressionContext =>
  Object.fromEntries(Object.entries(json ?? {}).map(([name, value]) => [name, decode(value)]))
const identity = (value: unknown): string => identityOf(value as Value, createMeter(defaultExpressionLimits))

const kindOfFault = (fault: Fault): string => (fault._tag === 'LimitExceeded' ? fault.limit : fault.kind)

/** Kinds that a vector may name and this library has; any other is compared by phase. */
const knownKinds: ReadonlySet<string> = new Set(
  (
    'syntax number-range duplicate-key invalid-aggregate undefined-name no-such-method not-callable bad-operands not-comparable ' +
    'type-conversion unknown-cast-type not-a-collection not-iterable bad-index index-out-of-range divide-by-zero invalid-date ' +
    'bad-pattern bad-argument null-argument null-key unsupported'
  ).split(' ')
)

const describe = <A>(result: Result<A>, show: (value: A) => string): string =>
  E.isRight(result) ? show(result.right) : `${kindOfFault(result.left)} in ${result.left.phase}`

/** Compares with the vector's expected value or error. */
const compare = <A>(
  { expected, error }: Vector,
  result: Result<A>,
  show: (value: A) => string,
  want: string
): string | undefined => {
  const found = describe(result, show)
  if (error === undefined) return E.isRight(result) && found === want ? undefined : `expected ${want}, got ${found}`
  const right =
    E.isLeft(result) &&
    result.left.phase === error.phase &&
    (!knownKinds.has(error.kind) || kindOfFault(result.left) === error.kind)
  return right
    ? undefined
    : `expected ${error.kind} in ${error.phase}${expected === undefined ? '' : ' (and a value)'}, got ${found}`
}

const checkVector: Check = vector => {
  const parsed = parse(vector.expr ?? '')
  const context = contextOf(vector.context)
  const want = identity(decode(vector.expected ?? null))
  const evaluators = {
    compiled: (expression: Expression) => compileExpression(expression).evaluate(context),
    interpreted: (expression: Expression) => interpretExpression(expression, context)
  }
  for (const [name, evaluate] of Object.entries(evaluators)) {
    const result = pipe(
      parsed,
      E.flatMap(expression => E.mapLeft(during('evaluate'))(evaluate(expression)))
    )
    const wrong = compare(vector, result, identity, want)
    if (wrong !== undefined) return `${name}: ${wrong}`
  }
  return checkTruth(vector, parsed, context)
}

/** `truthy` null means that the value has no truth. */
const checkTruth = (
  { truthy, error }: Vector,
  parsed: Result<Expression>,
  context: ExpressionContext
): string | undefined => {
  if (truthy === undefined || error !== undefined || E.isLeft(parsed)) return undefined
  const matched = compileExpression(parsed.right).matches(context)
  const found = E.isRight(matched) ? matched.right : null
  return found === truthy ? undefined : `expected truth ${String(truthy)}, got ${String(found)}`
}

const checkBind: Check = vector => {
  const bound = pipe(
    parse(vector.expr ?? ''),
    E.flatMap(expression => bind(expression, contextOf(vector.context)))
  )
  const show = (expression: Expression): string => normal(printExpression(expression))
  return compare(vector, bound, show, normal(String(vector.expected)))
}

const checkDisjunction: Check = vector => {
  const branches = pipe(
    parse(vector.expr ?? ''),
    E.flatMap(expression => bind(expression, {})),
    E.flatMap(expression => E.mapLeft(during('bind'))(toDisjunction(expression)))
  )
  const sorted = (texts: ReadonlyArray<string>): string => texts.map(normal).sort().join(' | ')
  const expected = (vector.expected ?? []) as ReadonlyArray<string>
  return compare(vector, branches, found => sorted(found.map(printExpression)), sorted(expected))
}

const checkMatch: Check = vector => {
  const bound = pipe(
    parse(vector.filter ?? ''),
    E.flatMap(expression => bind(expression, {}))
  )
  const matches = (image: unknown): Result<boolean> =>
    image === null || image === undefined
      ? E.right(false)
      : pipe(
          bound,
          E.flatMap(expression =>
            E.mapLeft(during('evaluate'))(compileExpression(expression).matches(contextOf(image)))
          )
        )
  const either = pipe(
    matches(vector.before),
    E.flatMap(found => (found ? E.right(true) : matches(vector.after)))
  )
  return compare(vector, either, String, String(vector.expected))
}

const checkRename: Check = vector => {
  const prefix = vector.prefix ?? ''
  const renamed = E.map((expression: Expression) => renameExpression(expression, path => [prefix, ...path]))(
    parse(vector.expr ?? '')
  )
  return compare(vector, renamed, expression => normal(printExpression(expression)), normal(String(vector.expected)))
}

const contains = (expression: Expression, is: (node: Expression) => boolean): boolean =>
  is(expression) || childrenOf(expression).some(child => contains(child, is))

/** Defects of the reference that we do not copy, and how to tell an expression that meets one. */
const deviations: ReadonlyArray<{
  readonly reason: string
  readonly section?: string
  readonly meets: (node: Expression) => boolean
}> = [
  {
    reason: 'flatMap gives one flat array here; the reference gives streams that nothing can use',
    meets: node => node._tag === 'MethodCall' && node.method.toLowerCase() === 'flatmap'
  },
  {
    reason: 'a case with a subject and no else gives null here; the parser of the reference crashes',
    meets: node => node._tag === 'Case' && node.subject !== undefined && node.otherwise === undefined
  },
  {
    reason: 'a where clause keeps its loop variable here when names are prefixed; the reference prefixes it too',
    section: 'rename',
    meets: node => 'iteration' in node && node.iteration.where !== undefined
  }
]

const deviationIn = (section: string, { expr = '' }: Vector): string | undefined => {
  const parsed = parse(expr)
  return E.isLeft(parsed)
    ? undefined
    : deviations.find(each => (each.section ?? section) === section && contains(parsed.right, each.meets))?.reason
}

const checks: { readonly [section: string]: Check } = {
  vectors: checkVector,
  bind: checkBind,
  disjunction: checkDisjunction,
  match: checkMatch,
  rename: checkRename
}

/** Whatever a vector holds, it is one failure at most. */
const outcomeOf = (check: Check, vector: Vector): string | undefined => {
  if (!('expected' in vector) && vector.error === undefined) return 'the vector expects nothing'
  try {
    return check(vector)
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

const unknownSection: Check = () => 'a section that is not known'

const [file] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write('usage: node --import tsx .ci/expressionConformance.ts FILE\n')
  process.exit(2)
}
const vectors = JSON.parse(readFileSync(file, 'utf8')) as { readonly [section: string]: unknown }
const total = { passed: 0, failed: 0, skipped: 0 }
for (const [section, content] of Object.entries(vectors)) {
  if (!Array.isArray(content)) continue
  const check = checks[section] ?? unknownSection
  const count = { passed: 0, failed: 0, skipped: 0 }
  for (const vector of content as ReadonlyArray<Vector>) {
    const wrong = outcomeOf(check, vector)
    const deviation = wrong === undefined ? undefined : deviationIn(section, vector)
    const outcome = wrong === undefined ? 'passed' : deviation === undefined ? 'failed' : 'skipped'
    count[outcome] += 1
    total[outcome] += 1
    if (wrong !== undefined)
      process.stdout.write(`${outcome} ${vector.id} ${vector.expr ?? vector.filter ?? ''}: ${deviation ?? wrong}\n`)
  }
  process.stdout.write(`${section}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
if (total.failed > 0 || total.passed + total.skipped === 0) process.exitCode = 1

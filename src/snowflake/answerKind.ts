/** What the driver asks for, by the address: whether it may be asked for again, and how a good answer looks. */
import { isObject, ownField } from '../internal/objects.ts'

export interface AnswerKind {
  readonly name: 'login' | 'renewal' | 'result' | 'cancel' | 'goodbye' | 'part' | 'other'
  /** Whether the request may be sent again. */
  readonly repeated: boolean
  /** Refusals, besides those of a server in trouble, that may be gone the next time. */
  readonly passing: ReadonlyArray<number>
  /** Whether the driver can read a body with status 200. What it can't read it may never answer, or end the process over. */
  readonly isSound: (body: unknown) => boolean
}

const busy = [408, 429]

/** Something that failed says why in words and codes of all sorts; something that went well has data. */
const isEnvelope =
  (hasData: (data: object) => boolean) =>
  (body: unknown): boolean => {
    if (!isObject(body)) return false
    const data = ownField(body, 'data')
    return ownField(body, 'success') !== true || (isObject(data) && hasData(data))
  }

const isText = (data: object, name: string): boolean => typeof ownField(data, name) === 'string'

const isResult = (data: object): boolean => {
  // To be asked for later, or the transfer of a file.
  if (isText(data, 'getResultUrl') || isText(data, 'command')) return true
  const [columns, rows] = [ownField(data, 'rowtype'), ownField(data, 'rowset')]
  return (
    Array.isArray(columns) &&
    columns.every(isObject) &&
    Array.isArray(rows) &&
    rows.every(Array.isArray) &&
    typeof ownField(data, 'returned') === 'number'
  )
}

/** The inside of an array of rows. */
const isRows = (body: unknown): boolean => {
  try {
    return typeof body === 'string' && (JSON.parse(`[${body}]`) as ReadonlyArray<unknown>).every(Array.isArray)
  } catch {
    return false
  }
}

const anything = (): boolean => true

const kinds: ReadonlyArray<readonly [RegExp, AnswerKind]> = [
  [
    /\/session\/v1\/login-request$/,
    { name: 'login', repeated: true, passing: busy, isSound: isEnvelope(data => isText(data, 'token')) }
  ],
  [
    /\/session\/token-request$/,
    { name: 'renewal', repeated: true, passing: busy, isSound: isEnvelope(data => isText(data, 'sessionToken')) }
  ],
  [
    /\/queries\/(?:v1\/query-request|[^/]+\/result)$/,
    { name: 'result', repeated: true, passing: busy, isSound: isEnvelope(isResult) }
  ],
  [/\/queries\/.*abort-request$/, { name: 'cancel', repeated: true, passing: busy, isSound: anything }],
  // One that is lost would leave the session there for hours.
  [/\/session$/, { name: 'goodbye', repeated: true, passing: busy, isSound: anything }]
]

/** Parts of large results lie in the cloud's storage, which answers 403 for a moment now and then. */
const part: AnswerKind = { name: 'part', repeated: true, passing: [...busy, 403], isSound: isRows }

/** Heartbeats, telemetry: what is lost is lost. */
const other: AnswerKind = { name: 'other', repeated: false, passing: [], isSound: anything }

/** `isPart`: whether the driver asks the storage of a large result, at whatever address it is. */
export const answerKindOf = (url: string, isPart: boolean): AnswerKind => {
  if (isPart) return part
  const { pathname } = new URL(url)
  return kinds.find(([path]) => path.test(pathname))?.[1] ?? other
}

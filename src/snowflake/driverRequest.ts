/** Requests as the driver's HTTP client takes them (`snowflake-sdk` 3.3.0). */

/** A request as the driver makes it. */
export interface DriverRequest {
  readonly url: string
  readonly useSnowflakeRetryMiddleware?: boolean
  /** False where it asks for a part of a large result. */
  readonly appendRequestId?: boolean
  readonly callback?: Callback
}

/** What is told of a response. */
export interface Answer {
  readonly statusCode?: number
}

/** Told of how a request ended. */
export type Callback = (error: unknown, response?: Answer | null, body?: unknown) => unknown

/** What the driver has of a request that it has sent. */
export interface Sent {
  readonly abort?: () => void
}

/** Tells statements apart, and their repetitions from new ones. */
export const requestIdOf = ({ url }: DriverRequest): string | undefined =>
  new URL(url).searchParams.get('requestId') ?? undefined

/** Repeated statements say so, as they do where the driver repeats them. The address of a part of a result is signed and must stay as it is. */
export const asRepeated = (
  { url, useSnowflakeRetryMiddleware }: DriverRequest,
  repeats: number,
  since: number
): string => {
  if (useSnowflakeRetryMiddleware !== true) return url
  const repeated = new URL(url)
  repeated.searchParams.set('clientStartTime', String(since))
  repeated.searchParams.set('retryCount', String(repeats))
  return repeated.href
}

/** Where a receiver starts: what its selector filter says. */
import { ServiceError } from './ServiceError.ts'

/** A place in a partition: before the first event, behind the last, or at (`inclusive`) or behind a named one. */
export type EventPosition =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'offset' | 'sequenceNumber' | 'enqueuedTime'; readonly value: number; readonly inclusive: boolean }

const selector =
  /^\s*amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time|enqueuedtimeutc)\s*(>=|>)\s*'?([^']*?)'?\s*$/i

/**
 * Reads the expression of an `apache.org:selector-filter:string` filter, such as `amqp.annotation.x-opt-offset > '-1'`.
 * No filter means from the beginning. Throws `amqp:not-allowed` on any other expression: the service knows these only.
 */
export const parseSelector = (expression: string | undefined): EventPosition => {
  if (expression === undefined) return { kind: 'earliest' }
  const [, annotation, operator, value = ''] = selector.exec(expression) ?? []
  if (annotation === undefined) throw unsupported(expression)
  const inclusive = operator === '>='
  const kind = kinds[annotation.toLowerCase()]
  if (kind === 'offset' && value.toLowerCase() === '@latest') return { kind: 'latest' }
  if (kind === undefined || !/^-?\d+$/.test(value) || !Number.isSafeInteger(Number(value)))
    throw unsupported(expression)
  if (kind !== 'enqueuedTime' && Number(value) < 0) return { kind: 'earliest' }
  return { kind, value: Number(value), inclusive }
}

const kinds: Readonly<Record<string, 'offset' | 'sequenceNumber' | 'enqueuedTime'>> = {
  offset: 'offset',
  'sequence-number': 'sequenceNumber',
  'enqueued-time': 'enqueuedTime',
  enqueuedtimeutc: 'enqueuedTime'
}

const unsupported = (expression: string): ServiceError =>
  new ServiceError('amqp:not-allowed', `The selector filter is not one an event hub knows: ${expression}`)

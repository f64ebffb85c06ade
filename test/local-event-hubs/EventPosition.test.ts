import { describe, expect, test } from 'vitest'
import { parseSelector } from '../../src/testing/local-event-hubs/EventPosition.ts'
import { ServiceError } from '../../src/testing/local-event-hubs/ServiceError.ts'

describe('parseSelector', () => {
  test.each([
    [undefined, { kind: 'earliest' }],
    ["amqp.annotation.x-opt-offset > '-1'", { kind: 'earliest' }],
    ["amqp.annotation.x-opt-offset >'-1'", { kind: 'earliest' }],
    ["amqp.annotation.x-opt-offset > '@latest'", { kind: 'latest' }],
    ["amqp.annotation.x-opt-offset > '4096'", { kind: 'offset', value: 4096, inclusive: false }],
    ["amqp.annotation.x-opt-offset >= '4096'", { kind: 'offset', value: 4096, inclusive: true }],
    ['amqp.annotation.x-opt-offset >= 4096', { kind: 'offset', value: 4096, inclusive: true }],
    ["amqp.annotation.x-opt-sequence-number > '17'", { kind: 'sequenceNumber', value: 17, inclusive: false }],
    ["amqp.annotation.x-opt-sequence-number >= '-1'", { kind: 'earliest' }],
    [
      "amqp.annotation.x-opt-enqueued-time > '1700000000000'",
      { kind: 'enqueuedTime', value: 1_700_000_000_000, inclusive: false }
    ],
    ["amqp.annotation.x-opt-enqueued-time > '-5'", { kind: 'enqueuedTime', value: -5, inclusive: false }],
    ["amqp.annotation.x-opt-enqueuedtimeutc > '7'", { kind: 'enqueuedTime', value: 7, inclusive: false }]
  ])('reads %s', (expression, position) => {
    expect(parseSelector(expression)).toEqual(position)
  })

  test.each([
    '',
    'true',
    "amqp.annotation.x-opt-offset < '3'",
    "amqp.annotation.x-opt-offset > 'three'",
    "x-opt-offset > '3'",
    "amqp.annotation.x-opt-sequence-number > '@latest'",
    "amqp.annotation.x-opt-offset > '99999999999999999999'"
  ])('refuses %s', expression => {
    expect(() => parseSelector(expression)).toThrow(ServiceError)
  })
})

import { describe, expect, test } from 'vitest'
import { covers, entityPath, hostOf, parseEntityAddress } from '../../src/testing/local-event-hubs/EntityAddress.ts'

describe('parseEntityAddress', () => {
  test.each([
    ['$cbs', { kind: 'cbs' }],
    ['$management', { kind: 'management' }],
    ['tasks/$management', { kind: 'management' }],
    ['tasks', { kind: 'hub', hub: 'tasks' }],
    ['/tasks/', { kind: 'hub', hub: 'tasks' }],
    ['amqps://ns.servicebus.windows.net:5671/tasks', { kind: 'hub', hub: 'tasks' }],
    ['tasks/Partitions/3', { kind: 'partition', hub: 'tasks', partition: '3' }],
    [
      'tasks/ConsumerGroups/$Default/Partitions/0',
      { kind: 'consumer', hub: 'tasks', consumerGroup: '$Default', partition: '0' }
    ],
    [
      'tasks/consumergroups/sync/partitions/0',
      { kind: 'consumer', hub: 'tasks', consumerGroup: 'sync', partition: '0' }
    ]
  ])('reads %s', (address, expected) => {
    expect(parseEntityAddress(address)).toEqual(expected)
  })

  test.each([
    '',
    '/',
    'tasks/Publishers/device1',
    'tasks/Partitions',
    'tasks/Partitions/',
    'tasks/Partitions/ ',
    'tasks/ConsumerGroups/g',
    'tasks/ConsumerGroups/g/Partitions/0/more'
  ])('reads nothing out of %j', address => {
    expect(parseEntityAddress(address)).toBeUndefined()
  })
})

test('an audience covers itself and what lies under it, in any case, and nothing beside it', () => {
  const hub = entityPath('sb://host:5671/Tasks')
  expect(covers(hub, entityPath('tasks/ConsumerGroups/g/Partitions/0'))).toBe(true)
  expect(covers(hub, entityPath('sb://other/tasks'))).toBe(true)
  expect(covers(hub, entityPath('tasks2'))).toBe(false)
  expect(covers(entityPath('sb://host/'), entityPath('anything'))).toBe(true)
  expect(covers(entityPath('sb://host/tasks/Partitions/0'), hub)).toBe(false)
})

test('hostOf leaves the port out', () => {
  expect(hostOf('sb://Host.Example:5671/tasks')).toBe('host.example')
  expect(hostOf('sb://[::1]:5671/tasks')).toBe('[::1]')
  expect(hostOf('tasks')).toBe('')
})

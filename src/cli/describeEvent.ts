/** Lifecycle events as lines for people. Nothing for those that come too often to read. */
import { describePosition } from '../Position.ts'
import type { LifecycleEvent } from '../LifecycleEvent.ts'
import { describeError } from '../describeError.ts'

export const describeEvent = (event: LifecycleEvent): string | undefined => {
  switch (event.type) {
    case 'received':
    case 'progress':
    case 'batch started':
    case 'task started':
    case 'checkpointed':
      return undefined
    case 'backpressure':
      return event.on ? `the queue is full (${event.queued}): intake waits` : undefined
    case 'let go':
      return `${event.events} events left to another host`
    case 'dead letters':
      return `${event.letters} events went to the dead letters`
    case 'step':
      return event.result.error === undefined
        ? `  ${event.result.step.statement}`
        : `  failed: ${event.result.step.statement}`
    case 'waiting':
      return `waiting ${event.delayMs} ms (attempt ${event.attempt}): ${describeError(event.error)}`
    case 'task': {
      const { position, taskId = '-', status, reason } = event.record
      return `${status.padEnd(7)} ${taskId} ${describePosition(position)}${reason === undefined ? '' : `: ${reason}`}`
    }
    case 'batch finished': {
      const { batch, resources, durationMs, statuses } = event
      return `batch ${batch}: ${statuses.SUCCESS} succeeded, ${statuses.FAILED} failed, ${statuses.SKIPPED} skipped; ${resources} resources in ${durationMs} ms`
    }
    case 'checkpoint failed':
    case 'failed':
      return `${event.type}: ${describeError(event.error)}`
    case 'started':
    case 'stopping':
    case 'stopped':
      return event.type
  }
}

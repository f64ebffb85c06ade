/**
 * `on-demand-sync/telemetry`: metrics and traces of a pipeline. Needs `@opentelemetry/api`.
 *
 * @packageDocumentation
 */
export type { InstrumentOptions } from './instrument.ts'
export { instrument } from './instrument.ts'
export { traceProperties } from './traceContext.ts'

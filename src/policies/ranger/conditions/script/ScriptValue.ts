/** What the parts of a script come to. Objects are maps, so that no name in a script reaches anything but what was put there. */
import type { Truth } from '../Truth.ts'
import { truthOf } from '../Truth.ts'

/** It can't be told: for want of knowledge, or because the script does something that is not supported. */
export interface Unknown {
  readonly _tag: 'Unknown'
}

/** The only one there is. */
export const unknown: Unknown = Object.freeze({ _tag: 'Unknown' })

export type ScriptValue =
  string | number | boolean | null | undefined | Unknown | ReadonlyArray<ScriptValue> | ScriptMap

export type ScriptMap = ReadonlyMap<string, ScriptValue>

export const isUnknown = (value: ScriptValue): value is Unknown => value === unknown

export const isList = (value: ScriptValue): value is ReadonlyArray<ScriptValue> => Array.isArray(value)

export const isMap = (value: ScriptValue): value is ScriptMap => value instanceof Map

/** As JavaScript takes a value for true or false. */
export const truthOfValue = (value: ScriptValue): Truth => {
  if (value === unknown) return 'unknown'
  return truthOf(isList(value) || isMap(value) || Boolean(value))
}

/** Of a truth. */
export const valueOfTruth = (truth: Truth): ScriptValue => (truth === 'unknown' ? unknown : truth === 'yes')

/** As JavaScript writes a value into a text; undefined where it can't be told. */
export const textOfValue = (value: ScriptValue): string | undefined => {
  if (isUnknown(value) || isMap(value)) return undefined
  if (!isList(value)) return String(value)
  const texts = value.map(item => (item === null || item === undefined ? '' : textOfValue(item)))
  return texts.includes(undefined) ? undefined : texts.join(',')
}

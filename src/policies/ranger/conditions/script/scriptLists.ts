/** Functions of scripts that write lists of names and attributes into a text: `GET_UG_NAMES()`, `GET_UG_ATTR_Q_CSV('dept')`. */
import type { Asker, Occasion } from '../../evaluation/Occasion.ts'
import type { ScriptFunction } from './evaluateScript.ts'
import { groupAttributes, tagsByType } from './scriptVariables.ts'
import type { ScriptMap, ScriptValue } from './ScriptValue.ts'
import { textOfValue, unknown } from './ScriptValue.ts'

type Values = ReadonlyArray<ScriptValue>

/** What stands for nothing, between values, and around each. */
type Form = readonly [absent?: ScriptValue, separator?: ScriptValue, open?: ScriptValue, close?: ScriptValue]

/** A quote inside a value is doubled, and a backslash too, so that no value ends the text that it is put into. */
export const escapeQuoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "''")

const write = (
  values: Values,
  [absent, separator = ',', open = "'", close = open]: Form,
  isQuoted: boolean
): ScriptValue => {
  const present = values.filter((value): boolean => value !== null && value !== undefined)
  const chosen = present.length > 0 || absent === null || absent === undefined ? present : [absent]
  const texts = chosen.map(value => textOfValue(value))
  const [between, before, after] = [separator ?? '', open ?? '', close ?? open ?? ''].map(value => textOfValue(value))
  if (texts.includes(undefined) || between === undefined || before === undefined || after === undefined) return unknown
  if (!isQuoted) return texts.join(between)
  return texts.map(text => before + (before === "'" ? escapeQuoted(text ?? '') : (text ?? '')) + after).join(between)
}

const sorted = (names: Iterable<string>): ReadonlyArray<string> => [...names].sort()

const namesIn = (maps: Iterable<ScriptMap>): ReadonlyArray<string> => {
  const names = new Set([...maps].flatMap(map => [...map.keys()]))
  return sorted([...names].filter(name => !['_name', '_type', '_matchType'].includes(name)))
}

const valuesIn = (maps: ReadonlyMap<string, ScriptMap>, attribute: ScriptValue): Values =>
  typeof attribute === 'string' ? sorted(maps.keys()).map(name => maps.get(name)?.get(attribute)) : [unknown]

interface Source {
  /** `Names`: those of the thing; `Attr`: values of an attribute; `AttrNames`: names of attributes. */
  readonly names?: () => Values
  readonly attr: (attribute: ScriptValue) => Values
  readonly attrNames: () => Values
}

const sourcesOf = (asker: Asker, occasion: Occasion): { readonly [prefix: string]: Source } => {
  const known = (values: () => Values) => (): Values => (asker.user === undefined ? [unknown] : values())
  const tags = () => tagsByType(occasion)
  const groups = () => groupAttributes(asker)
  return {
    tag: {
      names: () => sorted(tags().keys()),
      attr: attribute => valuesIn(tags(), attribute),
      attrNames: () => namesIn(tags().values())
    },
    ug: {
      names: known(() => sorted(asker.groups)),
      attr: attribute => known(() => valuesIn(groups(), attribute))(),
      attrNames: known(() => namesIn(groups().values()))
    },
    ur: { names: known(() => sorted(asker.roles)), attr: () => [unknown], attrNames: () => [unknown] },
    user: {
      attr: attribute =>
        known(() => [typeof attribute === 'string' && asker.attributes ? asker.attributes.get(attribute) : unknown])(),
      attrNames: known(() => (asker.attributes ? sorted(asker.attributes.keys()) : [unknown]))
    }
  }
}

/** All of them: plain, quoted (`Q`), and the older ones with a fixed form (`Csv`). */
export const listFunctions = (asker: Asker, occasion: Occasion): ReadonlyMap<string, ScriptFunction> => {
  const made = new Map<string, ScriptFunction>()
  const add = (name: string, values: (args: Values) => Values, own: number) => {
    made.set(`ctx.${name}`, args => write(values(args), args.slice(own) as unknown as Form, false))
    made.set(`ctx.${name}Q`, args => write(values(args), args.slice(own) as unknown as Form, true))
    made.set(`ctx.${name}Csv`, args => write(values(args), [], false))
    made.set(`ctx.${name}CsvQ`, args => write(values(args), [], true))
  }
  for (const [prefix, { names, attr, attrNames }] of Object.entries(sourcesOf(asker, occasion))) {
    if (names !== undefined) add(`${prefix}Names`, names, 0)
    if (prefix === 'ur') continue
    add(`${prefix}Attr`, ([attribute]) => attr(attribute), 1)
    add(`${prefix}AttrNames`, attrNames, 0)
  }
  return made
}

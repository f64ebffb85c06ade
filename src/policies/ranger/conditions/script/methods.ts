/** The methods of texts, lists and maps that scripts may call, by name. */
import { includes } from './operators.ts'
import type { ScriptValue } from './ScriptValue.ts'
import { isList, isMap, textOfValue, truthOfValue, unknown } from './ScriptValue.ts'

type Method = (object: ScriptValue, args: ReadonlyArray<ScriptValue>) => ScriptValue

const ofTexts =
  (method: (text: string, arg: string) => ScriptValue): Method =>
  (object, [arg]) =>
    typeof object === 'string' && typeof arg === 'string' ? method(object, arg) : unknown

const ofText =
  (method: (text: string) => ScriptValue): Method =>
  (object, args) =>
    typeof object === 'string' && args.length === 0 ? method(object) : unknown

const intersects: Method = (object, [other]) => {
  if (!isList(object)) return unknown
  if (other === null) return false
  if (!isList(other)) return unknown
  const found = object.map(item => truthOfValue(includes(other, item)))
  if (found.includes('yes')) return true
  return found.includes('unknown') ? unknown : false
}

const indexOf: Method = (object, [sought]) => {
  if (typeof object === 'string') return typeof sought === 'string' ? object.indexOf(sought) : unknown
  if (!isList(object) || object.includes(unknown) || sought === unknown) return unknown
  return object.indexOf(sought)
}

const contains: Method = (object, [sought]) => includes(object, sought)

/** Methods of JavaScript and of the Java objects that Ranger hands to its scripts. */
export const methods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['includes', contains],
  ['contains', contains],
  ['indexOf', indexOf],
  ['intersects', intersects],
  ['startsWith', ofTexts((text, arg) => text.startsWith(arg))],
  ['endsWith', ofTexts((text, arg) => text.endsWith(arg))],
  ['equals', ofTexts((text, arg) => text === arg)],
  ['equalsIgnoreCase', ofTexts((text, arg) => text.toLowerCase() === arg.toLowerCase())],
  ['split', ofTexts((text, arg) => text.split(arg))],
  ['toLowerCase', ofText(text => text.toLowerCase())],
  ['toUpperCase', ofText(text => text.toUpperCase())],
  ['trim', ofText(text => text.trim())],
  [
    'join',
    (object, [separator]) => {
      if (!isList(object) || typeof separator !== 'string') return unknown
      const texts = object.map(textOfValue)
      return texts.includes(undefined) ? unknown : texts.join(separator)
    }
  ],
  ['get', (object, [key]) => (isMap(object) && typeof key === 'string' ? (object.get(key) ?? null) : unknown)],
  ['containsKey', (object, [key]) => (isMap(object) && typeof key === 'string' ? object.has(key) : unknown)]
])

/** `a.b` and `a['b']`: a map's entry, a list's item, a length. Of anything else nothing is told. */
export const memberOf = (object: ScriptValue, key: ScriptValue): ScriptValue => {
  if (isMap(object)) return typeof key === 'string' ? object.get(key) : unknown
  if (key === 'length' && (typeof object === 'string' || isList(object))) return object.length
  return isList(object) && typeof key === 'number' ? object[key] : unknown
}

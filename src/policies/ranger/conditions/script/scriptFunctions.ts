/** The functions of scripts: the methods of `ctx`, and the macros that stand for them (agents-common, `RangerRequestScriptEvaluator`, `RangerCommonConstants`). */
import type { Asker, FoundTag, Occasion } from '../../evaluation/Occasion.ts'
import { parseRangeDate, parseTagDate } from '../../schedules/parseDate.ts'
import { epochMsOf, isTimeZone } from '../../schedules/TimeZone.ts'
import type { ScriptFunction } from './evaluateScript.ts'
import { listFunctions } from './scriptLists.ts'
import { tagsByType } from './scriptVariables.ts'
import type { ScriptValue } from './ScriptValue.ts'
import { unknown } from './ScriptValue.ts'

const negated = (name: string): ReadonlyArray<string> => [`ctx.${name}`, '!']

/** Macros by name: what they call, and whether its answer is turned round. */
const macros: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ...['TAG', 'UG', 'UR', 'USER'].flatMap(source =>
    ['NAMES', 'ATTR', 'ATTR_NAMES'].flatMap(what => listMacros(source, what))
  ),
  ['HAS_TAG', ['ctx.hasTag']],
  ['HAS_ANY_TAG', ['ctx.hasAnyTag']],
  ['HAS_NO_TAG', negated('hasAnyTag')],
  ['HAS_USER_ATTR', ['ctx.hasUserAttr']],
  ['HAS_UG_ATTR', ['ctx.hasUgAttr']],
  ['HAS_TAG_ATTR', ['ctx.hasTagAttr']],
  ['IS_IN_GROUP', ['ctx.isInGroup']],
  ['IS_IN_ROLE', ['ctx.isInRole']],
  ['IS_IN_ANY_GROUP', ['ctx.isInAnyGroup']],
  ['IS_IN_ANY_ROLE', ['ctx.isInAnyRole']],
  ['IS_NOT_IN_ANY_GROUP', negated('isInAnyGroup')],
  ['IS_NOT_IN_ANY_ROLE', negated('isInAnyRole')],
  ['IS_ACCESS_TIME_AFTER', ['ctx.isAccessTimeAfter']],
  ['IS_ACCESS_TIME_BEFORE', ['ctx.isAccessTimeBefore']],
  ['IS_ACCESS_TIME_BETWEEN', ['ctx.isAccessTimeBetween']]
])

/** `GET_UG_ATTR`, `GET_UG_ATTR_Q`, `GET_UG_ATTR_CSV`, `UG_NAMES_Q_CSV` and their like. */
function listMacros(source: string, what: string): ReadonlyArray<[string, ReadonlyArray<string>]> {
  const camel = what === 'NAMES' ? 'Names' : what === 'ATTR' ? 'Attr' : 'AttrNames'
  const method = `ctx.${source.toLowerCase()}${camel}`
  const csv = what === 'ATTR' ? `GET_${source}_${what}` : `${source}_${what}`
  return [
    [`GET_${source}_${what}`, [method]],
    [`GET_${source}_${what}_Q`, [`${method}Q`]],
    [`${csv}_CSV`, [`${method}Csv`]],
    [`${csv}_Q_CSV`, [`${method}CsvQ`]]
  ]
}

/** What functions need to know. */
export interface FunctionScope {
  readonly asker: Asker
  readonly occasion: Occasion
  readonly tag: FoundTag | undefined
  readonly timeZone: string
}

/** All functions for one request, by name. */
export const scriptFunctions = (scope: FunctionScope): ((name: string) => ScriptFunction | undefined) => {
  const known = new Map([...listFunctions(scope.asker, scope.occasion), ...contextFunctions(scope)])
  return name => {
    const [method, turn] = macros.get(name) ?? [name]
    const found = known.get(method ?? name)
    if (found === undefined || turn === undefined) return found
    return args => {
      const value = found(args)
      return typeof value === 'boolean' ? !value : unknown
    }
  }
}

const membership = (
  { user }: Asker,
  names: ReadonlySet<string>
): { readonly isIn: ScriptFunction; readonly isInAny: ScriptFunction } => {
  const whole = (holds: boolean): ScriptValue => (user === undefined && !holds ? unknown : holds)
  return {
    isIn: ([name]) => (typeof name === 'string' ? whole(names.has(name)) : unknown),
    isInAny: () => whole(names.size > 0)
  }
}

const contextFunctions = ({ asker, occasion, tag, timeZone }: FunctionScope): ReadonlyMap<string, ScriptFunction> => {
  const tags = tagsByType(occasion)
  const [groups, roles] = [membership(asker, asker.groups), membership(asker, asker.roles)]
  const { accessTimeMs, context } = occasion

  /** With one argument of the tag at hand; with two, of the first tag of a type. */
  const attributeOf: ScriptFunction = args => {
    const [type, name] = args.length > 1 ? args : [undefined, ...args]
    const of = type === undefined ? tag?.tag : occasion.tags.find(found => found.tag.type === type)?.tag
    return typeof name === 'string' ? (of?.attributes.get(name) ?? null) : unknown
  }
  const accessedAround =
    (holds: (dateMs: number) => boolean): ScriptFunction =>
    args => {
      const date = attributeOf(args)
      const dateMs = typeof date === 'string' ? parseTagDate(date) : undefined
      return dateMs === undefined ? unknown : holds(epochMsOf(timeZone, dateMs))
    }
  const accessTime = (from: ScriptValue, to: ScriptValue, zone: ScriptValue): ScriptValue => {
    if (zone !== undefined && zone !== null && (typeof zone !== 'string' || (zone.trim() !== '' && !isTimeZone(zone))))
      return unknown
    const own = typeof zone === 'string' && zone.trim() !== '' ? zone : timeZone
    const toMs = (date: ScriptValue) => {
      const wall = typeof date === 'string' ? parseRangeDate(date) : undefined
      return wall === undefined ? undefined : epochMsOf(own, wall)
    }
    const [fromMs, toEndMs] = [toMs(from), toMs(to)]
    if ((from !== null && fromMs === undefined) || (to !== null && toEndMs === undefined)) return unknown
    if (toEndMs === undefined) return accessTimeMs > (fromMs ?? 0)
    return (fromMs === undefined || accessTimeMs >= fromMs) && accessTimeMs < toEndMs
  }
  const hasAttribute = (attributes: ReadonlyArray<ReadonlyMap<string, unknown>> | undefined): ScriptFunction => {
    return ([name]) => (typeof name === 'string' && attributes ? attributes.some(map => map.has(name)) : unknown)
  }
  const namedAsker = asker.user === undefined ? undefined : asker
  const plain =
    (value: ScriptValue): ScriptFunction =>
    () =>
      value

  return new Map<string, ScriptFunction>([
    ['ctx.hasTag', ([type]) => (typeof type === 'string' ? tags.has(type) : unknown)],
    ['ctx.hasAnyTag', plain(tags.size > 0)],
    ['ctx.hasTagAttr', hasAttribute(occasion.tags.map(found => found.tag.attributes))],
    ['ctx.hasUserAttr', hasAttribute(namedAsker?.attributes && [namedAsker.attributes])],
    ['ctx.hasUgAttr', hasAttribute(namedAsker && [...asker.groups].map(asker.attributesOfGroup))],
    ['ctx.isInGroup', groups.isIn],
    ['ctx.isInRole', roles.isIn],
    ['ctx.isInAnyGroup', groups.isInAny],
    ['ctx.isInAnyRole', roles.isInAny],
    ['ctx.getAttributeValue', attributeOf],
    ['ctx.isAccessedAfter', accessedAround(dateMs => accessTimeMs >= dateMs)],
    ['ctx.isAccessedBefore', accessedAround(dateMs => accessTimeMs <= dateMs)],
    ['ctx.isAccessTimeAfter', ([from, zone]) => accessTime(from, null, zone)],
    ['ctx.isAccessTimeBefore', ([to, zone]) => accessTime(null, to, zone)],
    ['ctx.isAccessTimeBetween', ([from, to, zone]) => accessTime(from, to, zone)],
    ['ctx.isAccessTypeAny', plain(occasion.accessType === '_any')],
    ['ctx.isAccessTypeDelegatedAdmin', plain(occasion.accessType === '_admin')],
    ['ctx.getUser', plain(asker.user ?? unknown)],
    ['ctx.getUserGroups', plain(namedAsker ? [...asker.groups].sort() : unknown)],
    ['ctx.getUserRoles', plain(namedAsker ? [...asker.roles].sort() : unknown)],
    ['ctx.getAllTagTypes', plain([...tags.keys()].sort())],
    ['ctx.getCurrentTagType', plain(tag?.tag.type ?? null)],
    ['ctx.getResourceZone', plain(occasion.zone)],
    ['ctx.getClientIPAddress', plain(occasion.clientIPAddress ?? unknown)],
    ['ctx.getClientType', plain(occasion.fields.get('clientType') ?? unknown)],
    ['ctx.getAction', plain(occasion.fields.get('action') ?? unknown)],
    ['ctx.getRequestData', plain(occasion.fields.get('requestData') ?? unknown)],
    ['ctx.getSessionId', plain(occasion.fields.get('sessionId') ?? unknown)],
    [
      'ctx.getRequestContextAttribute',
      ([name]) => {
        const value = typeof name === 'string' ? context?.get(name) : undefined
        if (context === undefined || typeof name !== 'string') return unknown
        return value === undefined || value === null ? null : typeof value === 'string' ? value : unknown
      }
    ]
  ])
}

/** Names of all functions, whatever the request. */
const everyName: ReadonlySet<string> = (() => {
  const nobody: Asker = {
    user: '',
    groups: new Set(),
    roles: new Set(),
    attributes: new Map(),
    attributesOfGroup: () => new Map()
  }
  const nothing: Occasion = {
    elements: new Map(),
    owner: undefined,
    accessType: '',
    accessTimeMs: 0,
    tags: [],
    zone: '',
    context: undefined,
    clientIPAddress: undefined,
    fields: new Map()
  }
  const scope = { asker: nobody, occasion: nothing, tag: undefined, timeZone: 'UTC' }
  return new Set([...macros.keys(), ...listFunctions(nobody, nothing).keys(), ...contextFunctions(scope).keys()])
})()

/** Whether scripts may call a function of this name. */
export const isScriptFunction = (name: string): boolean => everyName.has(name)

/** Whether a variable or a function is about the asker, beyond the users, groups and roles that the policies at hand name. */
export const isPersonal = (name: string): boolean =>
  ['USER', 'REQ', 'UG', 'UGA', 'UGNAMES', 'URNAMES'].includes(name) ||
  /^ctx\.(?:ug|ur|user|isIn|hasUser|hasUg|getUser)/.test(macros.get(name)?.[0] ?? name)

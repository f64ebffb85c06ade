/** The variables of scripts: `USER.dept`, `TAG.level`, `REQ.accessType` (agents-common, `RangerRequestScriptEvaluator`). What isn't known of an asker or a request can't be told; it is not empty. */
import type { Asker, FoundTag, Occasion } from '../../evaluation/Occasion.ts'
import type { ScriptMap, ScriptValue } from './ScriptValue.ts'
import { unknown } from './ScriptValue.ts'

const sorted = (names: Iterable<string>): ReadonlyArray<string> => [...names].sort()

/** A tag's attributes, and what it is. */
export const tagMap = ({ tag, matchType }: FoundTag): ScriptMap =>
  new Map<string, ScriptValue>([...tag.attributes, ['_type', tag.type], ['_matchType', matchType]])

/** Tags by type; of several of one type, the last. */
export const tagsByType = ({ tags }: Occasion): ReadonlyMap<string, ScriptMap> =>
  new Map(tags.map(found => [found.tag.type, tagMap(found)]))

/** The attributes of each of the asker's groups, and the group's name. */
export const groupAttributes = ({ groups, attributesOfGroup }: Asker): ReadonlyMap<string, ScriptMap> =>
  new Map(
    sorted(groups).map(group => [group, new Map<string, ScriptValue>([...attributesOfGroup(group), ['_name', group]])])
  )

/** `sVal`: each attribute as the first group has it; `mVal`: as each group has it. */
const mergedGroupAttributes = (asker: Asker): ScriptMap => {
  const lists = new Map<string, Array<ScriptValue>>()
  for (const attributes of groupAttributes(asker).values())
    for (const [name, value] of attributes) lists.set(name, [...(lists.get(name) ?? []), value])
  const first = new Map([...lists].map(([name, values]): [string, ScriptValue] => [name, values[0]]))
  return new Map<string, ScriptValue>([
    ['sVal', first],
    ['mVal', lists]
  ])
}

const resourceMap = ({ elements, owner }: Occasion): ScriptMap =>
  new Map<string, ScriptValue>([...elements, ['_ownerUser', owner]])

/** Those of which a request of ours may know nothing. */
const requestFields = [
  'action',
  'clientType',
  'clusterName',
  'clusterType',
  'remoteIPAddress',
  'requestData',
  'sessionId',
  'forwardedAddresses'
]

const requestMap = (asker: Asker, occasion: Occasion): ScriptMap =>
  new Map<string, ScriptValue>([
    ...requestFields.map((name): [string, ScriptValue] => [name, occasion.fields.get(name) ?? unknown]),
    ['accessTime', occasion.accessTimeMs],
    ['accessType', occasion.accessType],
    ['clientIPAddress', occasion.clientIPAddress ?? unknown],
    ['resource', resourceMap(occasion)],
    ['resourceMatchingScope', unknown],
    ['user', asker.user ?? unknown],
    ['userAttributes', userMap(asker)],
    ['userGroupAttributes', forKnown(asker, groupAttributes)],
    ['userGroups', forKnown(asker, ({ groups }) => sorted(groups))],
    ['userRoles', forKnown(asker, ({ roles }) => sorted(roles))],
    ['uga', forKnown(asker, mergedGroupAttributes)]
  ])

const userMap = ({ user, attributes }: Asker): ScriptValue =>
  user === undefined || attributes === undefined
    ? unknown
    : new Map<string, ScriptValue>([...attributes, ['_name', user]])

/** All groups and roles are known only of somebody whose name is. */
const forKnown = (asker: Asker, value: (asker: Asker) => ScriptValue): ScriptValue =>
  asker.user === undefined ? unknown : value(asker)

/** A variable's value. */
export const variableOf = (name: string, asker: Asker, occasion: Occasion, tag: FoundTag | undefined): ScriptValue => {
  switch (name) {
    case 'TAG':
      return tag === undefined ? new Map() : tagMap(tag)
    case 'tag':
      return tag === undefined
        ? null
        : new Map<string, ScriptValue>([
            ['type', tag.tag.type],
            ['attributes', tag.tag.attributes]
          ])
    case 'tagAttr':
      return tag === undefined ? new Map() : tag.tag.attributes
    case 'TAGS':
      return tagsByType(occasion)
    case 'TAGNAMES':
      return sorted(tagsByType(occasion).keys())
    case 'REQ':
      return requestMap(asker, occasion)
    case 'RES':
      return resourceMap(occasion)
    case 'USER':
      return userMap(asker)
    case 'UG':
      return forKnown(asker, groupAttributes)
    case 'UGA':
      return forKnown(asker, mergedGroupAttributes)
    case 'UGNAMES':
      return forKnown(asker, ({ groups }) => sorted(groups))
    case 'URNAMES':
      return forKnown(asker, ({ roles }) => sorted(roles))
    default:
      return unknown
  }
}

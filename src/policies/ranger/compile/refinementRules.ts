/** Masks or row filters of all policies as one list of rules, of which the first that holds decides, as it does for Ranger. */
import type { Principal, Who } from '../../../access/Principal.ts'
import { and } from '../conditions/Truth.ts'
import { hasExpressions, isPersonalSql } from '../conditions/spliceExpressions.ts'
import { spliceExpressions } from '../conditions/spliceExpressions.ts'
import type { Census } from '../evaluation/Census.ts'
import type { Prospects } from '../evaluation/decideAccess.ts'
import type { Inquiry } from '../evaluation/Inquiry.ts'
import type { ItemEvaluator } from '../evaluation/ItemEvaluator.ts'
import { policyHolds } from '../evaluation/judgePolicy.ts'
import { hasSay, matchIn } from '../evaluation/Look.ts'
import type { Asker } from '../evaluation/Occasion.ts'
import type { PolicyEvaluator } from '../evaluation/PolicyEvaluator.ts'
import type { Prospect } from '../evaluation/PolicySet.ts'
import type { SuperUsers } from '../evaluation/superUsers.ts'
import type { PolicyItem } from '../model/Policy.ts'
import type { RangerPrincipal } from './PrincipalMapping.ts'
import type { WhoContext } from './whoOf.ts'
import { audienceOf, usersAlone, whoOf } from './whoOf.ts'

/** One rule. `item` undefined: nothing may be shown, for it can't be told what may. */
export interface RefinementRule<Item extends PolicyItem> {
  readonly who: Who
  readonly item: Item | 'everything' | undefined
  readonly write: (sql: string) => string | undefined
}

/** What making the rules takes. */
export interface RuleContext extends WhoContext {
  readonly inquiry: Inquiry
  readonly census: Census
  readonly superUsers: SuperUsers
}

/** How items of a kind are found in a policy, and read. */
export interface RuleKind<Item extends PolicyItem> {
  readonly itemsOf: (evaluator: PolicyEvaluator) => ReadonlyArray<ItemEvaluator<Item>>
  /** The SQL in it. */
  readonly sqlOf: (item: Item) => string
  /** Whether the item leaves the decision to further policies. */
  readonly isEmpty: (item: Item) => boolean
}

const priorityOf = ({ evaluator }: Prospect): number => evaluator.policy.policyPriority

/** Tags decide before the resource, but for policies of it that override. Undefined: no one list says the same. */
const inOneList = ({ tag, resource }: Prospects): ReadonlyArray<Prospect> | undefined => {
  const list = [...tag]
  const placeOf = (test: (other: Prospect) => boolean): number => {
    const found = list.findIndex(test)
    return found < 0 ? list.length : found
  }
  for (const prospect of [...resource].reverse()) {
    const from = Math.min(
      placeOf(other => other.tag !== undefined && priorityOf(other) < priorityOf(prospect)),
      placeOf(other => other.tag === undefined)
    )
    const isOutweighed = (other: Prospect) => other.tag !== undefined && priorityOf(other) >= priorityOf(prospect)
    if (list.slice(from).some(isOutweighed)) return undefined
    list.splice(from, 0, prospect)
  }
  return list
}

const isOfSomeone = ({ who: { anyOf } }: { readonly who: Who }): boolean => anyOf === 'everyone' || anyOf.length > 0

const isEveryone = ({ anyOf, noneOf }: Who): boolean => anyOf === 'everyone' && noneOf.length === 0

/** The truth of a policy and one of its items for one asker. */
const truthFor = (prospect: Prospect, item: ItemEvaluator, asker: Asker, { inquiry }: RuleContext) => {
  const look = inquiry.look(asker)
  const indices = prospect.evaluator.matchers.map((_, index) => index)
  if (!indices.some(index => hasSay(matchIn(prospect, index, look, true), prospect, look))) return 'no'
  const isSurelyAbout = indices.some(index => hasSay(matchIn(prospect, index, look, false), prospect, look))
  const truth = and(
    policyHolds(prospect, look),
    item.holds(() => look.scope(prospect.tag))
  )
  return truth === 'yes' && !isSurelyAbout ? 'unknown' : truth
}

const isPersonalItem = <Item extends PolicyItem>(prospect: Prospect, item: ItemEvaluator<Item>, sql: string): boolean =>
  prospect.matches.includes(undefined) ||
  [...prospect.evaluator.conditions, ...item.conditions].some(condition => condition.isPersonal) ||
  isPersonalSql(sql)

/** The rules of one item. `noneOf`: whom earlier items of the policy have sent on. */
const rulesOfItem = <Item extends PolicyItem>(
  prospect: Prospect,
  item: ItemEvaluator<Item>,
  sql: string,
  noneOf: ReadonlyArray<Principal>,
  context: RuleContext
): ReadonlyArray<RefinementRule<Item>> => {
  const { inquiry, census, map, note } = context
  const { who, ambiguous } = whoOf(item, context, noneOf)
  const unknown = () =>
    note(`policy ${prospect.evaluator.policy.id} can not be decided: nothing is shown to those it is for`)
  const writeFor = (asker: Asker) => (text: string) =>
    hasExpressions(text) ? spliceExpressions(text, inquiry.look(asker).scope(prospect.tag).script) : text
  if (!isPersonalItem(prospect, item, sql)) {
    const truth = truthFor(prospect, item, census.anyone, context)
    if (truth === 'no') return []
    if (truth === 'unknown') unknown()
    const write = writeFor(census.anyone)
    return [
      { who, item: truth === 'yes' ? item.item : undefined, write },
      { who: { anyOf: ambiguous, noneOf }, item: undefined, write }
    ]
  }
  const rules: Array<RefinementRule<Item>> = []
  const others: Array<Principal> = []
  for (const { asker, users } of census.classes)
    for (const user of users) {
      const own = asker.user === user ? asker : context.membership.asker(user)
      if (!item.concerns('select', own, undefined)) continue
      const principals = usersAlone([user], map)
      const truth = truthFor(prospect, item, own, context)
      if (truth === 'no') others.push(...principals)
      else
        rules.push({
          who: { anyOf: principals, noneOf },
          item: truth === 'yes' ? item.item : undefined,
          write: writeFor(own)
        })
    }
  note(
    `policy ${prospect.evaluator.policy.id} depends on who asks: nothing is shown to those of whom too little is known`
  )
  return [
    ...rules,
    {
      who: {
        anyOf: who.anyOf === 'everyone' ? 'everyone' : [...who.anyOf, ...ambiguous],
        noneOf: [...noneOf, ...others]
      },
      item: undefined,
      write: writeFor(census.anyone)
    }
  ]
}

/** Whoever may do everything sees everything. */
const superRule = (context: RuleContext): RefinementRule<never> => {
  const { users, groups } = context.superUsers
  const { who } = audienceOf(
    [
      ...[...users].map((name): RangerPrincipal => ({ kind: 'user', name })),
      ...[...groups].map((name): RangerPrincipal => ({ kind: 'group', name }))
    ],
    context
  )
  return { who, item: 'everything', write: () => undefined }
}

/** All rules, in order, up to the first that is for everyone. */
export const refinementRules = <Item extends PolicyItem>(
  prospects: Prospects,
  kind: RuleKind<Item>,
  context: RuleContext
): ReadonlyArray<RefinementRule<Item>> => {
  const atMs = context.inquiry.occasion.accessTimeMs
  const isLive = (prospect: Prospect) =>
    prospect.evaluator.isInForce(atMs) &&
    kind.itemsOf(prospect.evaluator).some(({ accessTypes }) => accessTypes.has('select'))
  const live = { tag: prospects.tag.filter(isLive), resource: prospects.resource.filter(isLive) }
  const list = inOneList(live)
  if (list === undefined)
    context.note(
      'policies of tags and of the resource outweigh each other in turn: nothing is shown to those they are for'
    )
  const rules: Array<RefinementRule<Item>> = []
  const add = (rule: RefinementRule<Item>): void => {
    if (isOfSomeone(rule)) rules.push(rule)
  }
  for (const prospect of list ?? [...live.tag, ...live.resource]) {
    const sentOn: Array<Principal> = []
    for (const item of kind.itemsOf(prospect.evaluator)) {
      if (!item.accessTypes.has('select')) continue
      if (kind.isEmpty(item.item)) {
        const { who, ambiguous } = whoOf(item, context, [...sentOn])
        if (who.anyOf === 'everyone') break
        add({ who: { anyOf: ambiguous, noneOf: [...sentOn] }, item: undefined, write: () => undefined })
        sentOn.push(...who.anyOf)
        continue
      }
      const made = rulesOfItem(prospect, item, kind.sqlOf(item.item), [...sentOn], context)
      for (const rule of made) {
        add(list === undefined ? { ...rule, item: undefined } : rule)
        if (isEveryone(rule.who)) return ruled(rules, context)
      }
    }
  }
  return ruled(rules, context)
}

/** Without any rule everybody sees everything. */
const ruled = <Item extends PolicyItem>(
  rules: ReadonlyArray<RefinementRule<Item>>,
  context: RuleContext
): ReadonlyArray<RefinementRule<Item>> => (rules.length === 0 ? [] : [superRule(context), ...rules].filter(isOfSomeone))

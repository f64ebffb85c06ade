/** What should hold for a table or view. */
import type { ColumnMask, DesiredGrant, RowFilter } from '../../../access/DesiredAccess.ts'
import { allowsEveryone, takeCensus } from '../evaluation/Census.ts'
import type { Verdict } from '../evaluation/decideAccess.ts'
import type { Inquiry } from '../evaluation/Inquiry.ts'
import { openInquiry } from '../evaluation/Inquiry.ts'
import type { Asker } from '../evaluation/Occasion.ts'
import type { PolicyEvaluator } from '../evaluation/PolicyEvaluator.ts'
import { itemEvaluatorsOf } from '../evaluation/PolicyEvaluator.ts'
import type { Prospect } from '../evaluation/PolicySet.ts'
import type { Column, Resource } from '../../../Resource.ts'
import type { CompileContext } from './CompileContext.ts'
import { elementsOfResource, registryFor } from './CompileContext.ts'
import { hidingRules } from './hiddenColumns.ts'
import { privilegesOf } from './privilegeNames.ts'
import { holdersOf } from './Questions.ts'
import type { Holders, Registry } from './Questions.ts'
import { rangerMask } from './rangerMask.ts'
import type { RuleContext } from './refinementRules.ts'
import { refinementRules } from './refinementRules.ts'

/** A column, and the inquiry that answers for its access: columns of which the policies say the same share one, unless a condition may look at the column or its tags. */
interface ColumnInquiry {
  readonly column: Column
  readonly inquiry: Inquiry
  readonly forAccess: Inquiry
}

const hasConditions = (evaluator: PolicyEvaluator): boolean =>
  evaluator.conditions.length > 0 || itemEvaluatorsOf(evaluator).some(({ conditions }) => conditions.length > 0)

const signatureOf = (prospects: ReadonlyArray<Prospect>): string =>
  prospects
    .map(
      ({ evaluator, matches, tag }) =>
        `${evaluator.policy.id} ${evaluator.policy.name} ${matches.map(String).join()} ${tag ? JSON.stringify([tag.tag.type, [...tag.tag.attributes], tag.matchType]) : ''}`
    )
    .join('\n')

const columnInquiries = (
  { parts, atMs, doubt }: CompileContext,
  resource: Resource,
  notes: Set<string>
): ReadonlyArray<ColumnInquiry> => {
  const shared = new Map<string, Inquiry>()
  return resource.columns.map(column => {
    const elements = { ...elementsOfResource(resource), column: column.name }
    const own = openInquiry(parts, { elements }, false, atMs, doubt(notes))
    const signature = signatureOf([...own.access.tag, ...own.access.resource])
    const isOwn = [...own.access.tag, ...own.access.resource].some(
      ({ evaluator }) => evaluator.isPersonal || hasConditions(evaluator)
    )
    const forAccess = isOwn ? own : (shared.get(signature) ?? own)
    if (!isOwn) shared.set(signature, forAccess)
    return { column, inquiry: own, forAccess }
  })
}

/** Answers are asked for over and over by several rules. */
const remembered = (decide: (asker: Asker) => Verdict): ((asker: Asker) => Verdict) => {
  const known = new WeakMap<Asker, Verdict>()
  return asker => {
    const verdict = known.get(asker) ?? decide(asker)
    known.set(asker, verdict)
    return verdict
  }
}

/** Where nothing is said of a column, what is said of the table counts: a policy may end at the table. */
const columnVerdict = (inquiry: Inquiry, table: (asker: Asker) => Verdict) =>
  remembered(asker => {
    const own = inquiry.decide(asker, 'select')
    return own.isAllowed || own.policyId !== -1 ? own : table(asker)
  })

/** Grants, masks and the row filter of a relation. */
export const compileRelation = (
  resource: Resource,
  context: CompileContext,
  notes: Set<string>
): {
  readonly grants: ReadonlyArray<DesiredGrant>
  readonly masks: ReadonlyArray<ColumnMask>
  readonly rowFilter?: RowFilter
} => {
  const { parts, atMs, doubt, principals } = context
  const elements = elementsOfResource(resource)
  const around = openInquiry(parts, { elements }, true, atMs, doubt(notes))
  const table = openInquiry(parts, { elements }, false, atMs, doubt(notes))
  const columns = columnInquiries(context, resource, notes)
  const refined = [
    ...[around, ...columns.map(({ inquiry }) => inquiry)].flatMap(inquiry => [inquiry.ofType(1), inquiry.ofType(2)])
  ].flatMap(({ tag, resource: own }) => [...tag, ...own])
  const access = [around, ...columns.map(({ inquiry }) => inquiry)].flatMap(({ access: { tag, resource: own } }) => [
    ...tag,
    ...own
  ])
  const prospects = new Set([...access, ...refined])
  const everyUser = allowsEveryone(prospects, parts.membership)
  const census = takeCensus(prospects, parts.membership, parts.superUsers, everyUser)
  const registry: Registry = registryFor(context, census, notes)
  const who: RuleContext = {
    membership: parts.membership,
    map: principals,
    owner: resource.owner,
    mostNames: context.mostNames,
    note: text => notes.add(text),
    inquiry: table,
    census,
    superUsers: parts.superUsers
  }

  const selects = remembered(asker => table.decide(asker, 'select'))
  const verdicts = new Map(columns.map(({ column, forAccess }) => [column, columnVerdict(forAccess, selects)]))
  const questions = new Map(
    [...privilegesOf('relation', parts.accessTypes)].map(([privilege, types]) => [
      privilege,
      (asker: Asker) => types.some(type => (type === 'select' ? selects(asker) : table.decide(asker, type)).isAllowed)
    ])
  )
  const whole = questions.get('SELECT')
  if (whole !== undefined)
    questions.set('SELECT', asker => whole(asker) || [...verdicts.values()].some(verdict => verdict(asker).isAllowed))
  const holders = new Map(
    [...questions].map(([privilege, question]): [string, Holders] => [
      privilege,
      holdersOf(privilege, question, registry)
    ])
  )
  const selecting = holders.get('SELECT')

  const masks = columns.flatMap(({ column, inquiry }): ReadonlyArray<ColumnMask> => {
    const verdict = verdicts.get(column)
    const hiding =
      selecting === undefined || verdict === undefined ? [] : hidingRules(verdict, selecting, registry, who)
    const rules = refinementRules(
      inquiry.ofType(1),
      { itemsOf: ({ masks: items }) => items, sqlOf: item => item.dataMaskInfo.valueExpr ?? '', isEmpty: () => false },
      { ...who, inquiry }
    ).map(({ who: of, item, write }) => {
      if (item === 'everything') return { who: of, mask: { kind: 'clear' as const } }
      const { mask, note } =
        item === undefined ? { mask: { kind: 'null' as const } } : rangerMask(item.dataMaskInfo, column.dataType, write)
      if (note !== undefined) notes.add(`column ${column.name}: ${note}`)
      return { who: of, mask }
    })
    const all = [...hiding, ...rules]
    const last = all.at(-1)
    const otherwise =
      last?.who.anyOf === 'everyone' && last.who.noneOf.length === 0 ? last.mask : { kind: 'clear' as const }
    const needed = otherwise === last?.mask ? all.slice(0, -1) : all
    return all.every(({ mask }) => mask.kind === 'clear') ? [] : [{ column: column.name, rules: needed, otherwise }]
  })

  const filters = refinementRules(
    table.ofType(2),
    {
      itemsOf: ({ filters: items }) => items,
      sqlOf: item => item.rowFilterInfo.filterExpr,
      isEmpty: item => item.rowFilterInfo.filterExpr.trim() === ''
    },
    who
  ).map(({ who: of, item, write }) => {
    if (item === 'everything') return { who: of, where: 'TRUE' }
    const where = item === undefined ? undefined : write(item.rowFilterInfo.filterExpr)
    if (item !== undefined && where === undefined)
      notes.add('a row filter holds an expression that can not be worked out: no row is shown to those it is for')
    return { who: of, where: where ?? 'FALSE' }
  })
  return {
    grants: grantsOf(holders),
    masks,
    ...(filters.length === 0 ? {} : { rowFilter: { rules: filters, otherwise: 'all rows' as const } })
  }
}

/** One grant for each privilege and holder. */
export const grantsOf = (holders: ReadonlyMap<string, Holders>): ReadonlyArray<DesiredGrant> =>
  [...holders].flatMap(([privilege, { grantees }]) =>
    grantees.map(grantee => ({ privilege, grantee, grantOption: false }))
  )

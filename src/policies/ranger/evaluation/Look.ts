/** Everything that judging one request takes, besides the policies. */
import type { AskerScope } from '../conditions/AskerScope.ts'
import { askerScope } from '../conditions/AskerScope.ts'
import type { ResourceMatcher } from '../matching/ResourceMatcher.ts'
import type { MatchType } from '../matching/ResourceMatcher.ts'
import type { Asker, FoundTag, Occasion } from './Occasion.ts'
import type { PolicyEvaluator } from './PolicyEvaluator.ts'
import type { Prospect } from './PolicySet.ts'

/** One asker on one occasion. */
export interface Look {
  readonly asker: Asker
  readonly occasion: Occasion
  /** Whether policies about things in the resource count. */
  readonly countsInner: boolean
  /** Whether a denial of something in the resource is no denial of the resource. */
  readonly ignoresInnerDenials: boolean
  readonly scope: (tag: FoundTag | undefined) => AskerScope
  /** Hears of every policy whose answer could not be told. */
  readonly doubt: (evaluator: PolicyEvaluator) => void
}

/** Options of a look. */
export interface LookOptions {
  readonly timeZone: string
  readonly countsInner: boolean
  readonly ignoresInnerDenials: boolean
  readonly doubt?: Look['doubt']
}

/** Makes a look; scopes are made once they are asked for. */
export const createLook = (asker: Asker, occasion: Occasion, options: LookOptions): Look => {
  const { timeZone, countsInner, ignoresInnerDenials, doubt = () => undefined } = options
  let scopes: Map<FoundTag | undefined, AskerScope> | undefined
  return {
    asker,
    occasion,
    countsInner,
    ignoresInnerDenials,
    doubt,
    scope: tag => {
      scopes ??= new Map()
      const known = scopes.get(tag)
      if (known !== undefined) return known
      const made = askerScope(asker, occasion, timeZone, tag)
      scopes.set(tag, made)
      return made
    }
  }
}

/** How a set of resources of a policy lies to the requested one, with what can't be told taken for `whenUnknown`. */
export const matchIn = (prospect: Prospect, index: number, look: Look, whenUnknown: boolean): MatchType => {
  const { tag, matches, evaluator } = prospect
  if (tag !== undefined) return tag.matchType
  const matcher: ResourceMatcher | undefined = evaluator.matchers[index]
  return (
    matches[index] ?? matcher?.matchType(look.occasion.elements, look.scope(undefined).values, whenUnknown) ?? 'NONE'
  )
}

/** Whether a policy that lies so has a say. A tag on what encloses a resource is a tag of the resource. */
export const hasSay = (match: MatchType, { tag }: Prospect, look: Look): boolean => {
  switch (match) {
    case 'SELF':
    case 'SELF_AND_ALL_DESCENDANTS':
      return true
    case 'DESCENDANT':
      return look.countsInner
    case 'ANCESTOR':
      return tag !== undefined
    case 'NONE':
      return false
  }
}

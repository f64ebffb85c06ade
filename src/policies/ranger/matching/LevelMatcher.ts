/** All values of a policy at one level against what a request names there. */
import type { Truth } from '../conditions/Truth.ts'
import { not, or } from '../conditions/Truth.ts'
import type { PolicyResource } from '../model/Policy.ts'
import type { ResourceDef } from '../model/ServiceDef.ts'
import { matcherKinds } from './matcherKinds.ts'
import type { MatcherOptions } from './matcherOptions.ts'
import { matcherOptions } from './matcherOptions.ts'
import type { ValueScope } from './ResourceText.ts'
import { urlValueMatcher } from './urlValueMatcher.ts'
import type { ValueMatcher } from './ValueMatcher.ts'
import { valueMatcher } from './ValueMatcher.ts'

/** What a request names at a level: one name, several of which any will do, or nothing. */
export type Requested = string | ReadonlyArray<string> | undefined

/** One level of a policy. */
export interface LevelMatcher {
  readonly name: string
  /** Whether every name will do, before excludes. */
  readonly isAny: boolean
  readonly isExcludes: boolean
  readonly isDynamic: boolean
  /** Without effect where `isAny`. */
  readonly values: ReadonlyArray<ValueMatcher>
  readonly matches: (requested: Requested, scope: ValueScope | undefined) => Truth
}

/** No name, an empty one and `*` ask for everything at the level. */
const asksForAll = (requested: Requested): boolean => requested === undefined || requested === '' || requested === '*'

/** Options are read once per level, not once per policy. */
const optionsOf = new WeakMap<ResourceDef, MatcherOptions>()

const optionsFor = (def: ResourceDef): MatcherOptions => {
  const known = optionsOf.get(def)
  if (known !== undefined) return known
  const options = matcherOptions(def.matcherOptions)
  optionsOf.set(def, options)
  return options
}

/** Makes the test for one level; `allowWildcards` overrides the level's own option. */
export const levelMatcher = (
  def: ResourceDef,
  { values: written, isExcludes, isRecursive }: PolicyResource,
  allowWildcards = false
): LevelMatcher => {
  const own = optionsFor(def)
  const options = allowWildcards ? { ...own, wildCard: true } : own
  const make =
    isRecursive && matcherKinds.get(def.matcher.split('.').at(-1) ?? '') === 'url' ? urlValueMatcher : valueMatcher
  const made = written.filter(value => value !== '').map(value => make(value, options))
  const isAny = made.length === 0 || made.some(({ shape }) => shape.kind === 'any')
  const values = isAny ? [] : made

  const plainly = (requested: Requested, scope: ValueScope | undefined): Truth => {
    if (isAny) return 'yes'
    if (asksForAll(requested)) return 'no'
    const names = typeof requested === 'string' ? [requested] : (requested ?? [])
    let found: Truth = 'no'
    for (const value of values)
      for (const name of names) {
        found = or(found, value.matches(name, scope))
        if (found === 'yes') return found
      }
    return found
  }

  return {
    name: def.name,
    isAny,
    isExcludes,
    isDynamic: values.some(value => value.isDynamic),
    values,
    matches: (requested, scope) => {
      const truth = plainly(requested, scope)
      return isExcludes && (isAny || !asksForAll(requested)) ? not(truth) : truth
    }
  }
}

/** Whether a level matches, taking what can't be told for `whenUnknown`. */
export const holds = (truth: Truth, whenUnknown: boolean): boolean =>
  truth === 'unknown' ? whenUnknown : truth === 'yes'

/** The matchers of service definitions that are supported, by the last part of their class names. */
export type MatcherKind = 'default' | 'url'

export const matcherKinds: ReadonlyMap<string, MatcherKind> = new Map([
  ['RangerDefaultResourceMatcher', 'default'],
  ['RangerURLResourceMatcher', 'url']
])

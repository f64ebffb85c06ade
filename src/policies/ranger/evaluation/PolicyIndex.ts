/**
 * Finds what may match a resource without looking at the rest. A tree by levels: under each node, names as they are, beginnings of patterns by their length, and one branch for everything that
 * only the matcher itself can tell. It may find too much, and never too little.
 */
import { foldCase } from '../matching/foldCase.ts'
import type { LevelMatcher } from '../matching/LevelMatcher.ts'
import type { Elements } from '../matching/ResourceMatcher.ts'

/** Most nodes hold few of these, so each is made when there is something to put in. */
interface Node<A> {
  items?: Array<A>
  levels?: Map<string, Branch<A>>
}

interface Branch<A> {
  exact?: Map<string, Node<A>>
  beginnings?: Map<string, Node<A>>
  /** Lengths of the beginnings. */
  lengths?: Set<number>
  other?: Node<A>
}

/** Beyond so many combinations of values, the lower levels of one item are left to its matcher. */
const mostPlaces = 256

/** The index. */
export interface PolicyIndex<A> {
  readonly add: (levels: ReadonlyArray<LevelMatcher>, item: A) => void
  /** `withInner`: also what is about things in the resource only. An item may come more than once. */
  readonly find: (elements: Elements, withInner: boolean) => ReadonlyArray<A>
}

const branchAt = <A>(node: Node<A>, level: string): Branch<A> => {
  node.levels ??= new Map()
  const branch = node.levels.get(level) ?? {}
  node.levels.set(level, branch)
  return branch
}

const childIn = <A>(children: Map<string, Node<A>>, key: string): Node<A> => {
  const child = children.get(key) ?? {}
  children.set(key, child)
  return child
}

/** Where a level's values lead from a node. */
const stepsFor = <A>(node: Node<A>, level: LevelMatcher): ReadonlyArray<Node<A>> => {
  const branch = branchAt(node, level.name)
  if (level.isAny || level.isExcludes || level.isDynamic) return [(branch.other ??= {})]
  const steps = level.values.map(({ shape }) => {
    if (shape.kind === 'exact') return childIn((branch.exact ??= new Map()), foldCase(shape.text))
    const beginning = shape.kind === 'any' ? '' : foldCase(/^[^*?]*/.exec(shape.text)?.[0] ?? '')
    if (beginning === '' || shape.kind === 'suffix') return (branch.other ??= {})
    branch.lengths ??= new Set()
    branch.lengths.add(beginning.length)
    return childIn((branch.beginnings ??= new Map()), beginning)
  })
  return [...new Set(steps)]
}

const collect = <A>(node: Node<A> | undefined, found: Array<A>): void => {
  for (const item of node?.items ?? []) found.push(item)
  for (const branch of node?.levels?.values() ?? []) collectBranch(branch, found)
}

const collectBranch = <A>({ exact, beginnings, other }: Branch<A>, found: Array<A>): void => {
  for (const child of exact?.values() ?? []) collect(child, found)
  for (const child of beginnings?.values() ?? []) collect(child, found)
  collect(other, found)
}

/** Makes an empty index. */
export const createPolicyIndex = <A>(): PolicyIndex<A> => {
  const root: Node<A> = {}

  const walk = (node: Node<A> | undefined, elements: Elements, withInner: boolean, found: Array<A>): void => {
    for (const item of node?.items ?? []) found.push(item)
    for (const [level, branch] of node?.levels ?? []) {
      const requested = elements.get(level)
      if (requested === undefined && withInner) collectBranch(branch, found)
      else {
        walk(branch.other, elements, withInner, found)
        if (typeof requested === 'string') into(branch, requested, elements, withInner, found)
        else for (const name of requested ?? []) into(branch, name, elements, withInner, found)
      }
    }
  }
  const into = (branch: Branch<A>, name: string, elements: Elements, withInner: boolean, found: Array<A>): void => {
    const folded = foldCase(name)
    walk(branch.exact?.get(folded), elements, withInner, found)
    for (const length of branch.lengths ?? [])
      if (folded.length >= length) walk(branch.beginnings?.get(folded.slice(0, length)), elements, withInner, found)
  }

  return {
    add: (levels, item) => {
      let nodes: ReadonlyArray<Node<A>> = [root]
      for (const level of levels) {
        if (nodes.length * level.values.length > mostPlaces) break
        nodes = nodes.flatMap(node => stepsFor(node, level))
      }
      for (const node of nodes) (node.items ??= []).push(item)
    },
    find: (elements, withInner) => {
      const found: Array<A> = []
      walk(root, elements, withInner, found)
      return found
    }
  }
}

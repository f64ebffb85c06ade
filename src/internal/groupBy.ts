/** Groups by key, keys and members in order of first appearance. (`Map.groupBy` needs a newer Node than we do.) */
export const groupBy = <A, K>(items: Iterable<A>, key: (item: A) => K): ReadonlyMap<K, ReadonlyArray<A>> => {
  const groups = new Map<K, Array<A>>()
  for (const item of items) {
    const at = key(item)
    const group = groups.get(at)
    if (group === undefined) groups.set(at, [item])
    else group.push(item)
  }
  return groups
}

/** Names with `*` for any text, as managed lists and policy documents write them. Case counts; nothing else is special. */

/** A predicate for one pattern. Linear in the text, whatever the pattern: no regular expression is built from a stranger's text. */
export const namePattern = (pattern: string): ((name: string) => boolean) => {
  const parts = pattern.split('*')
  const [head = '', ...rest] = parts
  const tail = rest.pop()
  if (tail === undefined) return name => name === head
  return name => {
    if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false
    let at = head.length
    for (const part of rest) {
      const found = name.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return at + tail.length <= name.length
  }
}

/** True where any of the patterns matches. */
export const anyPattern = (patterns: ReadonlyArray<string>): ((name: string) => boolean) => {
  const exact = new Set(patterns.filter(pattern => !pattern.includes('*')))
  const wild = patterns.filter(pattern => pattern.includes('*')).map(namePattern)
  return name => exact.has(name) || wild.some(matches => matches(name))
}

/** The addresses of the service: what a link's address or a token's audience names. Names are compared without regard to case. */

/** Where a link leads. `$cbs` and `$management` take requests; the others carry events. */
export type EntityAddress =
  | { readonly kind: 'cbs' }
  | { readonly kind: 'management' }
  | { readonly kind: 'hub'; readonly hub: string }
  | { readonly kind: 'partition'; readonly hub: string; readonly partition: string }
  | { readonly kind: 'consumer'; readonly hub: string; readonly consumerGroup: string; readonly partition: string }

/**
 * Reads a link's address: `$cbs`, `$management`, `hub`, `hub/Partitions/0`, `hub/ConsumerGroups/group/Partitions/0`.
 * A leading `amqps://host/` and a trailing slash are taken off; anything else is undefined.
 */
export const parseEntityAddress = (address: string): EntityAddress | undefined => {
  const parts = entityPath(address)
  const [hub = '', first = '', second = '', third = '', fourth = ''] = parts
  if (parts.some(part => part.trim() === '')) return undefined
  switch (parts.length) {
    case 1:
      if (hub.toLowerCase() === '$cbs') return { kind: 'cbs' }
      return hub.toLowerCase() === '$management' ? { kind: 'management' } : { kind: 'hub', hub }
    case 2:
      return first.toLowerCase() === '$management' ? { kind: 'management' } : undefined
    case 3:
      return first.toLowerCase() === 'partitions' ? { kind: 'partition', hub, partition: second } : undefined
    case 5:
      return first.toLowerCase() === 'consumergroups' && third.toLowerCase() === 'partitions'
        ? { kind: 'consumer', hub, consumerGroup: second, partition: fourth }
        : undefined
    default:
      return undefined
  }
}

/** The segments of an address or URI behind its host: `sb://host:5671/hub/Partitions/0` and `hub/Partitions/0` give the same. */
export const entityPath = (uri: string): ReadonlyArray<string> => {
  const path = uri.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '').replace(/^\/|\/$/g, '')
  return path === '' ? [] : path.split('/')
}

/** The host of a URI without its port, in lower case; empty where there is none. */
export const hostOf = (uri: string): string => {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/(\[[^\]]*\]|[^/:]*)/i.exec(uri) ?? []
  return host.toLowerCase()
}

/** Whether `outer` names `inner` itself or something that contains it. */
export const covers = (outer: ReadonlyArray<string>, inner: ReadonlyArray<string>): boolean =>
  outer.length <= inner.length && outer.every((part, i) => part.toLowerCase() === inner[i]?.toLowerCase())

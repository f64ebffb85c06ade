/** What holds other objects: namespaces, schemas, databases. */
import type { Role, Securable } from './Securable.ts'

/** Objects by exact name. A namespace may make its objects up on demand, so that a million of them cost nothing until touched. */
export interface Namespace<T extends Securable> {
  readonly size: number
  readonly get: (name: string) => T | undefined
  readonly add: (object: T) => void
  readonly remove: (name: string) => void
  /** All whose name may match, in no particular order; without a matcher, all. Objects made up for this are not kept. */
  readonly values: (matcher?: NameMatcher) => Iterable<T>
  readonly ownedBy: (owner: Role) => Iterable<T>
}

/** Which names are wanted: `test` decides, the rest lets a namespace skip what cannot match. */
export interface NameMatcher {
  readonly test: (name: string) => boolean
  /** The only names that can match. */
  readonly candidates?: ReadonlyArray<string>
  /** What a matching name begins with, in upper case. */
  readonly upperPrefix?: string
}

export interface Schema extends Securable {
  readonly kind: 'SCHEMA'
  /** By namespace: relations and streams share one, policies another. */
  readonly objects: Map<string, Namespace<Securable>>
  managedAccess: boolean
  readonly transient: boolean
  retentionDays: number
}

export interface Database extends Securable {
  readonly kind: 'DATABASE'
  readonly schemas: Namespace<Schema>
  readonly roles: Namespace<Role>
  readonly transient: boolean
  retentionDays: number
}

export const createNamespace = <T extends Securable>(): Namespace<T> => {
  const objects = new Map<string, T>()
  function* values(matcher?: NameMatcher): Iterable<T> {
    if (matcher?.candidates !== undefined) {
      for (const name of new Set(matcher.candidates)) {
        const object = objects.get(name)
        if (object !== undefined && matcher.test(name)) yield object
      }
      return
    }
    for (const [name, object] of objects) if (matcher === undefined || matcher.test(name)) yield object
  }
  function* ownedBy(owner: Role): Iterable<T> {
    for (const object of objects.values()) if (object.owner === owner) yield object
  }
  return {
    get size() {
      return objects.size
    },
    get: name => objects.get(name),
    add: object => void objects.set(object.name, object),
    remove: name => void objects.delete(name),
    values,
    ownedBy
  }
}

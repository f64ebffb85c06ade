/** Who may do what: the keys of the local namespace. */
import { randomBytes } from 'node:crypto'

/** What a token allows: `Listen` to receive, `Send` to send, `Manage` (which includes both) to administer. */
export type AccessRight = 'Listen' | 'Send' | 'Manage'

/** A key that clients sign tokens with. */
export interface SharedAccessKey {
  /** The policy's name, `SharedAccessKeyName` in a connection string. */
  readonly name: string
  /** The key itself, base64 by custom. A secret, though only of this server. */
  readonly key: string
  /** Default all. */
  readonly rights?: ReadonlyArray<AccessRight>
}

/** The key a namespace starts with: the service's usual name, 256 random bits. */
export const randomRootKey = (): SharedAccessKey => ({
  name: 'RootManageSharedAccessKey',
  key: randomBytes(32).toString('base64')
})

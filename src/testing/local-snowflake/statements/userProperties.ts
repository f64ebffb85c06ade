/** The properties of a user: those that act at login, and those that are only shown. */
import type { User } from '../catalog/Principal.ts'
import { listProperty, textProperty } from '../sql/Properties.ts'
import type { Properties } from '../sql/Properties.ts'
import { invalidValue } from '../StatementError.ts'

export const setUserProperties = (user: User, properties: Properties): void => {
  for (const [name, value] of properties)
    setProperty(user, name, typeof value === 'object' ? value.join(',') : String(value), properties)
}

const setProperty = (user: User, name: string, value: string, properties: Properties): void => {
  switch (name) {
    case 'PASSWORD':
      user.password = value
      break
    case 'RSA_PUBLIC_KEY':
    case 'RSA_PUBLIC_KEY_2':
      setPublicKey(user, name, value)
      break
    case 'DEFAULT_ROLE':
      user.defaultRole = value
      break
    case 'DEFAULT_WAREHOUSE':
      user.defaultWarehouse = value
      break
    case 'DEFAULT_NAMESPACE':
      user.defaultNamespace = value
      break
    case 'DEFAULT_SECONDARY_ROLES':
      user.defaultSecondaryRoles = (listProperty(properties, name) ?? [value]).includes('ALL') ? 'ALL' : 'NONE'
      break
    case 'DISABLED':
      user.disabled = value.toLowerCase() === 'true'
      break
    case 'COMMENT':
      user.comment = value
      break
    case 'LOGIN_NAME':
      user.properties.set(name, value.toUpperCase())
      break
    default:
      user.properties.set(name, textProperty(properties, name) ?? value)
  }
}

/** A PEM body: base64, with or without line breaks. */
const setPublicKey = (user: User, slot: 'RSA_PUBLIC_KEY' | 'RSA_PUBLIC_KEY_2', value: string): void => {
  const body = value.replaceAll(/\s|-----(?:BEGIN|END) PUBLIC KEY-----/g, '')
  if (!/^[A-Za-z0-9+/]+=*$/.test(body))
    throw invalidValue("New public key rejected by current policy. Reason: 'Invalid public key'")
  user.publicKeys.set(slot, body)
}

export const unsetUserProperties = (user: User, names: ReadonlyArray<string>): void => {
  for (const name of names) {
    if (name === 'PASSWORD') user.password = undefined
    else if (name === 'RSA_PUBLIC_KEY' || name === 'RSA_PUBLIC_KEY_2') user.publicKeys.delete(name)
    else if (name === 'DEFAULT_ROLE') user.defaultRole = undefined
    else if (name === 'DEFAULT_WAREHOUSE') user.defaultWarehouse = undefined
    else if (name === 'DEFAULT_NAMESPACE') user.defaultNamespace = undefined
    else if (name === 'DEFAULT_SECONDARY_ROLES') user.defaultSecondaryRoles = 'ALL'
    else if (name === 'COMMENT') user.comment = ''
    else user.properties.delete(name)
  }
}

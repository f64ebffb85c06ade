/** Where a request comes from: addresses, with `*` for the last parts. An address that isn't known is no address. */
import type { ReadCondition } from './Condition.ts'
import { undecidable } from './Condition.ts'
import { truthOf } from './Truth.ts'

const isEvery = (address: string): boolean => /^(?:\*(?:\.\*)*|\*(?::\*)*)$/.test(address)

/** Parts that are `*` at the end are left out, so that what remains is a beginning. IPv6 is compared in lower case. */
const beginning = (address: string): string =>
  address.includes('.') ? address.replace(/(?:\.\*)+$/, '.') : address.replace(/(?::\*)+$/, ':').toLowerCase()

/** `1.2.*`, `10.0.0.7`, `fe80:*`. */
export const ipCondition: ReadCondition = values => {
  if (values.length === 0) return undecidable('an address condition without addresses')
  if (values.some(isEvery)) return { holds: () => 'yes', isPersonal: false }
  const tests = values.map(value => {
    const start = beginning(value)
    const isWhole = start === value || start === value.toLowerCase()
    return (address: string) => (isWhole ? address === start : address.startsWith(start))
  })
  return {
    isPersonal: false,
    holds: ({ occasion: { clientIPAddress } }) => {
      if (clientIPAddress === undefined) return 'unknown'
      const address = clientIPAddress.includes('.') ? clientIPAddress : clientIPAddress.toLowerCase()
      return truthOf(tests.some(matches => matches(address)))
    }
  }
}

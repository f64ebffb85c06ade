/** Names that mean something of their own (agents-common, `RangerPolicyEngine`). */

/** Principals that policies may name. */
export const specialPrincipals = { public: 'public', anyUser: '{USER}', owner: '{OWNER}' } as const

/** Access types that requests may name. */
export const accessTypes = { any: '_any', admin: '_admin', superUser: '_super_user' } as const

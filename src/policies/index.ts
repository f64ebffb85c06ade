/**
 * `on-demand-sync/policies`: who may see what. Loads no vendor package.
 *
 * @packageDocumentation
 */
export type { OneOrMany } from './OneOrMany.ts'
export type { ManagedNames } from './ManagedNames.ts'
export type { DocumentMask, GrantRule, MaskRule, PolicyDocument, RowFilterRule } from './PolicyDocument.ts'
export { PolicyDocumentCodec, policyDocumentSchema } from './PolicyDocument.ts'
export { readPolicyDocument } from './readPolicyDocument.ts'
export type { DecideAccess } from './compilePolicyDocument.ts'
export { compilePolicyDocument } from './compilePolicyDocument.ts'
export type { DocumentPolicySourceOptions } from './createDocumentPolicySource.ts'
export { createDocumentPolicySource } from './createDocumentPolicySource.ts'
export * from './ranger/index.ts'

/** Writes the published JSON Schemas from the codecs, and the Ranger service definition from its constant: `npm run schemas`. A test fails when a file is behind its codec. */
import { writeFileSync } from 'node:fs'
import { syncRequestSchema } from 'on-demand-sync/payload'
import { policyDocumentSchema, rangerSettingsSchema, snowflakeServiceDef } from 'on-demand-sync/policies'

const write = (name: string, schema: unknown) =>
  writeFileSync(`schema/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`)

write('sync-request', syncRequestSchema)
write('policy-document', policyDocumentSchema)
write('ranger-settings', rangerSettingsSchema)
write('ranger-servicedef-snowflake', snowflakeServiceDef)

/**
 * Where Ranger is, and who its names are in Snowflake, as a small file.
 *
 * ```yaml
 * url: https://ranger.example.com:6182
 * service: snowflake_prod
 * user: sync
 * cacheFolder: /var/lib/on-demand-sync/ranger
 * managed:
 *   roles: ["G_*", "R_*", EMPLOYEES]
 *   users: "*"
 * principals:
 *   groups: { prefix: G_ }
 *   roles: { prefix: R_ }
 *   everyone: EMPLOYEES
 * ```
 */
import * as t from 'io-ts'
import type { JsonSchema } from '../../../internal/jsonSchema.ts'
import { jsonSchemaOf, withSchema } from '../../../internal/jsonSchema.ts'
import { exactly } from '../../exactly.ts'
import type { ManagedNames } from '../../ManagedNames.ts'
import { ManagedNamesCodec } from '../../ManagedNames.ts'
import type { NameMapping, PrincipalMapping } from '../compile/PrincipalMapping.ts'
import type { RangerPart } from '../sources/RangerSource.ts'
import { Milliseconds, NullableText, oneOf, Text } from './settingCodecs.ts'

/** Files in place of a Ranger Admin: the bodies of its downloads. Paths are relative to the settings file. */
export interface RangerSettingsFiles {
  /** All policies, not changes to them. */
  readonly policies: string
  /** Default: no roles, and nobody is in one. */
  readonly roles?: string
  /** Default: no tags. */
  readonly tags?: string
  /** Default: nothing is known of users, and nobody is in a group. */
  readonly users?: string
}

/**
 * Settings for policies from Apache Ranger: `url` with `service`, or `files`. There is no place in it for a secret: the user's password is given to the host, as `ON_DEMAND_SYNC_RANGER_PASSWORD`.
 *
 * **When to use**: for the command line (`ON_DEMAND_SYNC_RANGER_FILE`), and for a host of your own that is set up by a file; otherwise give the options to `createRangerAdminSource` or `createRangerFileSource`.
 */
export interface RangerSettings {
  /** Where Ranger Admin is, up to its context path. https, or http on this machine; without login, query or fragment. */
  readonly url?: string
  /** http to other machines as well: whoever is on the way then reads the password and writes the policies. Default false. With `url` only. */
  readonly allowHttp?: boolean
  /** The service's name in Ranger. Must be given with `url`, and with it only. */
  readonly service?: string
  /** A user of Ranger, without colon or control characters, for a login with a password. Default: no login. With `url` only. */
  readonly user?: string
  /** Documents to do without. Without `roles` or `users` nobody is known to be in a role or group, without `tags` no tag policy applies. Default: none. With `url` only. */
  readonly without?: ReadonlyArray<Exclude<RangerPart, 'policies'>>
  /** A folder of this host's own, relative to the settings file: the last snapshot in force is kept in it, and is in force at the next start until Ranger Admin answers. Default: none is kept. With `url` only. */
  readonly cacheFolder?: string
  /** How long one document may take, in milliseconds. Default 60,000, from 1 to 86,400,000. With `url` only. */
  readonly timeoutMs?: number
  readonly files?: RangerSettingsFiles
  /** Time between looks, in milliseconds. Default 30,000, from 1 to 86,400,000. */
  readonly pollIntervalMs?: number
  /** Puts snapshots in force however much is gone. Default false: they are held back. */
  readonly allowShrink?: boolean
  /** Puts snapshots in force whose versions are lower than before. Default false with `url`, true with `files`. */
  readonly allowOlder?: boolean
  /** Whose grants Ranger governs, by name patterns as in a policy document: what its policies do not give them is taken away. Grants to all others are left alone. */
  readonly managed: ManagedNames
  /** How users, groups and roles of Ranger become users and roles of Snowflake, by exact stored names. Default: groups and roles are roles, users are users, all in upper case. */
  readonly principals?: PrincipalMapping
}

const naming = {
  prefix: t.string,
  case: oneOf<NonNullable<NameMapping['case']>>('upper', 'lower', 'as is'),
  names: withSchema(t.record(t.string, NullableText), {
    type: 'object',
    additionalProperties: jsonSchemaOf(NullableText)
  })
}
const Naming = t.exact(t.partial(naming))

const Principals = t.exact(
  t.partial({
    users: t.exact(t.partial({ ...naming, as: oneOf<'user' | 'role'>('user', 'role') })),
    groups: Naming,
    roles: Naming,
    everyone: Text
  })
)

/** The io-ts codec of the settings. It knows the form; what goes with what is checked by `readRangerSettings`. */
export const RangerSettingsCodec: t.Type<RangerSettings> = exactly(
  { managed: ManagedNamesCodec },
  {
    url: Text,
    allowHttp: t.boolean,
    service: Text,
    user: Text,
    without: t.readonlyArray(oneOf<'roles' | 'tags' | 'users'>('roles', 'tags', 'users')),
    cacheFolder: Text,
    timeoutMs: Milliseconds,
    files: exactly({ policies: Text }, { roles: Text, tags: Text, users: Text }),
    pollIntervalMs: Milliseconds,
    allowShrink: t.boolean,
    allowOlder: t.boolean,
    principals: Principals
  }
)

/** The fields that are about a Ranger Admin. */
export const adminFields: ReadonlyArray<keyof RangerSettings> = [
  'allowHttp',
  'service',
  'user',
  'without',
  'cacheFolder',
  'timeoutMs'
]

/** The JSON Schema (draft 2020-12) of the settings; also shipped as `on-demand-sync/schema/ranger-settings.json`. Editors complete and check a file by it. */
export const rangerSettingsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Ranger settings',
  description: 'Where Apache Ranger is, and who its users, groups and roles are in Snowflake.',
  ...jsonSchemaOf(RangerSettingsCodec),
  oneOf: ['url', 'files'].map(field => ({ properties: { [field]: true }, required: [field] })),
  dependentRequired: { url: ['service'], ...Object.fromEntries(adminFields.map(field => [field, ['url']])) }
}

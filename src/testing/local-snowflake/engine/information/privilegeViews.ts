/** TABLE_PRIVILEGES, OBJECT_PRIVILEGES and ENABLED_ROLES. */
import type { Schema } from '../../catalog/Container.ts'
import type { Securable } from '../../catalog/Securable.ts'
import { byPrivilege } from '../../statements/resolve.ts'
import { timeCell, timeColumn } from '../../statements/ResultSet.ts'
import { objectsIn, schemas } from '../../statements/walk.ts'
import { resolving } from '../resolving.ts'
import { requestedRelations, requestedSchemas, texts, yesNo } from './InformationView.ts'
import type { InformationRequest, InformationView } from './InformationView.ts'

/** Grants on one object, the ownership among them. */
function* grantRows(
  request: InformationRequest,
  object: Securable
): Generator<{
  grantor: string | null
  grantee: string
  to: string
  privilege: string
  option: boolean
  created: number
}> {
  const { grants } = request.compiler.context.account
  if (object.owner !== undefined) {
    yield {
      grantor: object.owner.name,
      grantee: object.owner.name,
      to: object.owner.kind.replace(' ', '_'),
      privilege: 'OWNERSHIP',
      option: true,
      created: object.createdOn
    }
  }
  for (const grant of grants.on(object)) {
    yield {
      grantor: grant.grantor?.name ?? null,
      grantee: grant.grantee.name,
      to: grant.grantee.kind.replace(' ', '_'),
      privilege: grant.privilege,
      option: grant.grantOption,
      created: grant.createdOn
    }
  }
}

export const tablePrivileges: InformationView = {
  columns: [
    ...texts(
      'GRANTOR, GRANTEE, GRANTED_TO, TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, PRIVILEGE_TYPE, IS_GRANTABLE, WITH_HIERARCHY'
    ),
    timeColumn('CREATED')
  ],
  *rows(request) {
    for (const relation of requestedRelations(request)) {
      for (const grant of grantRows(request, relation)) {
        const { grantor, grantee, to, privilege, option, created } = grant
        yield [
          grantor,
          grantee,
          to,
          request.database.name,
          relation.parent?.name ?? null,
          relation.name,
          privilege,
          yesNo(option),
          'NO',
          timeCell(created)
        ]
      }
    }
  }
}

/** The database, its schemas and everything in them. */
function* securables(request: InformationRequest): Generator<readonly [Securable, Schema | undefined]> {
  const { compiler, database, wanted } = request
  const names = wanted('OBJECT_NAME')
  const types = wanted('OBJECT_TYPE')
  const admits = (kind: string): boolean => types?.test(kind) !== false
  if (admits('DATABASE') && names?.test(database.name) !== false) yield [database, undefined]
  if (admits('SCHEMA')) {
    for (const schema of schemas(resolving(compiler), database, byPrivilege, names))
      if (schema.name !== 'INFORMATION_SCHEMA') yield [schema, undefined]
  }
  for (const schema of requestedSchemas(request, 'OBJECT_SCHEMA')) {
    for (const kind of [
      'TABLE',
      'SEQUENCE',
      'TAG',
      'MASKING POLICY',
      'STAGE',
      'FILE FORMAT',
      'FUNCTION',
      'PROCEDURE',
      'TASK',
      'PIPE'
    ] as const) {
      for (const object of objectsIn(resolving(compiler), schema, kind, byPrivilege, names))
        if (admits(object.kind)) yield [object, schema]
    }
  }
}

export const objectPrivileges: InformationView = {
  columns: [
    ...texts(
      'GRANTOR, GRANTEE, GRANTED_TO, OBJECT_CATALOG, OBJECT_SCHEMA, OBJECT_NAME, OBJECT_TYPE, PRIVILEGE_TYPE, IS_GRANTABLE'
    ),
    timeColumn('CREATED')
  ],
  *rows(request) {
    for (const [object, schema] of securables(request)) {
      for (const { grantor, grantee, to, privilege, option, created } of grantRows(request, object)) {
        yield [
          grantor,
          grantee,
          to,
          request.database.name,
          schema?.name ?? null,
          object.name,
          object.kind,
          privilege,
          yesNo(option),
          timeCell(created)
        ]
      }
    }
  }
}

/** The roles active in the session. */
export const enabledRoles: InformationView = {
  columns: texts('ROLE_NAME, ROLE_OWNER'),
  *rows({ compiler }) {
    for (const principal of compiler.context.access.principals()) {
      if (principal.kind === 'ROLE') yield [principal.name, principal.owner?.name ?? null]
    }
  }
}

/** DATABASES, SCHEMATA and SEQUENCES. */
import { byPrivilege } from '../../statements/resolve.ts'
import { flagColumn, flagCell, numberColumn, textColumn, timeCell, timeColumn } from '../../statements/ResultSet.ts'
import { databases, objectsIn } from '../../statements/walk.ts'
import { resolving } from '../resolving.ts'
import { requestedSchemas, texts, yesNo } from './InformationView.ts'
import type { InformationView } from './InformationView.ts'

export const databasesView: InformationView = {
  columns: [
    ...texts('DATABASE_NAME, DATABASE_OWNER, IS_TRANSIENT, COMMENT'),
    timeColumn('CREATED'),
    timeColumn('LAST_ALTERED'),
    numberColumn('RETENTION_TIME'),
    textColumn('TYPE')
  ],
  *rows({ compiler, wanted }) {
    for (const database of databases(resolving(compiler), byPrivilege, wanted('DATABASE_NAME'))) {
      const created = timeCell(database.createdOn)
      yield [
        database.name,
        database.owner?.name ?? null,
        yesNo(database.transient),
        database.comment,
        created,
        created,
        String(database.retentionDays),
        'STANDARD'
      ]
    }
  }
}

export const schemata: InformationView = {
  columns: [
    ...texts('CATALOG_NAME, SCHEMA_NAME, SCHEMA_OWNER, IS_TRANSIENT, IS_MANAGED_ACCESS'),
    numberColumn('RETENTION_TIME'),
    timeColumn('CREATED'),
    timeColumn('LAST_ALTERED'),
    textColumn('COMMENT')
  ],
  *rows(request) {
    for (const schema of requestedSchemas(request, 'SCHEMA_NAME')) {
      yield [
        request.database.name,
        schema.name,
        schema.owner?.name ?? null,
        yesNo(schema.transient),
        yesNo(schema.managedAccess),
        String(schema.retentionDays),
        timeCell(schema.createdOn),
        timeCell(schema.createdOn),
        schema.comment
      ]
    }
  }
}

export const sequences: InformationView = {
  columns: [
    ...texts('SEQUENCE_CATALOG, SEQUENCE_SCHEMA, SEQUENCE_NAME, SEQUENCE_OWNER'),
    flagColumn('IS_ORDERED'),
    timeColumn('CREATED')
  ],
  *rows(request) {
    for (const schema of requestedSchemas(request, 'SEQUENCE_SCHEMA')) {
      for (const object of objectsIn(
        resolving(request.compiler),
        schema,
        'SEQUENCE',
        byPrivilege,
        request.wanted('SEQUENCE_NAME')
      )) {
        const ordered = 'ordered' in object && object.ordered === true
        yield [
          request.database.name,
          schema.name,
          object.name,
          object.owner?.name ?? null,
          flagCell(ordered),
          timeCell(object.createdOn)
        ]
      }
    }
  }
}

/** TABLES, VIEWS and COLUMNS. */
import type { Column, Relation } from '../../catalog/Relation.ts'
import { defaultText } from '../../statements/defaultText.ts'
import { numberColumn, textColumn, timeCell, timeColumn } from '../../statements/ResultSet.ts'
import type { Row } from '../../statements/ResultSet.ts'
import { requestedRelations, texts, yesNo } from './InformationView.ts'
import type { InformationView } from './InformationView.ts'

const tableType = (relation: Relation): string => {
  if (relation.temporaryIn !== undefined) return 'TEMPORARY TABLE'
  return relation.kind === 'TABLE' ||
    relation.kind === 'DYNAMIC TABLE' ||
    relation.kind === 'ICEBERG TABLE' ||
    relation.kind === 'HYBRID TABLE'
    ? 'BASE TABLE'
    : relation.kind
}

export const tables: InformationView = {
  columns: [
    ...texts('TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_OWNER, TABLE_TYPE, IS_TRANSIENT, CLUSTERING_KEY'),
    numberColumn('ROW_COUNT'),
    numberColumn('BYTES'),
    numberColumn('RETENTION_TIME'),
    timeColumn('CREATED'),
    timeColumn('LAST_ALTERED'),
    ...texts('COMMENT, IS_TEMPORARY, IS_ICEBERG, IS_DYNAMIC, IS_HYBRID')
  ],
  *rows(request) {
    for (const relation of requestedRelations(request)) {
      const view = relation.view !== undefined
      yield [
        request.database.name,
        relation.parent?.name ?? null,
        relation.name,
        relation.owner?.name ?? null,
        tableType(relation),
        view ? null : yesNo(relation.transient),
        relation.clusterBy === '' ? null : relation.clusterBy,
        view ? null : String(relation.rowCount),
        view ? null : '0',
        view ? null : String(relation.retentionDays),
        timeCell(relation.createdOn),
        timeCell(relation.createdOn),
        relation.comment === '' ? null : relation.comment,
        yesNo(relation.temporaryIn !== undefined),
        yesNo(relation.kind === 'ICEBERG TABLE'),
        yesNo(relation.kind === 'DYNAMIC TABLE'),
        yesNo(relation.kind === 'HYBRID TABLE')
      ]
    }
  }
}

export const views: InformationView = {
  columns: [
    ...texts(
      'TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, TABLE_OWNER, VIEW_DEFINITION, CHECK_OPTION, IS_UPDATABLE, INSERTABLE_INTO, IS_SECURE'
    ),
    timeColumn('CREATED'),
    timeColumn('LAST_ALTERED'),
    textColumn('COMMENT')
  ],
  *rows(request) {
    for (const relation of requestedRelations(request)) {
      if (relation.view === undefined) continue
      // The text of a secure view is its owner's alone.
      const readable = !relation.view.secure || request.compiler.access.owns(relation)
      yield [
        request.database.name,
        relation.parent?.name ?? null,
        relation.name,
        relation.owner?.name ?? null,
        readable ? relation.view.text : null,
        'NONE',
        'NO',
        'NO',
        yesNo(relation.view.secure),
        timeCell(relation.createdOn),
        timeCell(relation.createdOn),
        relation.comment === '' ? null : relation.comment
      ]
    }
  }
}

export const columnsView: InformationView = {
  columns: [
    ...texts('TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME'),
    numberColumn('ORDINAL_POSITION'),
    ...texts('COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE'),
    ...[
      'CHARACTER_MAXIMUM_LENGTH',
      'CHARACTER_OCTET_LENGTH',
      'NUMERIC_PRECISION',
      'NUMERIC_PRECISION_RADIX',
      'NUMERIC_SCALE',
      'DATETIME_PRECISION'
    ].map(numberColumn),
    ...texts('IS_IDENTITY, COMMENT')
  ],
  *rows(request) {
    const wanted = request.wanted('COLUMN_NAME')
    for (const relation of requestedRelations(request)) {
      for (const [i, column] of relation.columns.entries()) {
        if (wanted?.test(column.name) !== false)
          yield [request.database.name, relation.parent?.name ?? null, relation.name, ...columnCells(column, i + 1)]
      }
    }
  }
}

const columnCells = (column: Column, position: number): Row => {
  const { type } = column
  const isText = type.name === 'VARCHAR'
  const isNumber = type.name === 'NUMBER'
  return [
    column.name,
    String(position),
    defaultText(column),
    yesNo(column.nullable),
    isText ? 'TEXT' : type.name,
    isText ? String(type.length ?? 0) : null,
    isText ? String((type.length ?? 0) * 4) : null,
    isNumber ? String(type.precision ?? 38) : null,
    isNumber ? '10' : null,
    isNumber ? String(type.scale ?? 0) : null,
    type.scale !== undefined && !isNumber ? String(type.scale) : null,
    yesNo(column.default?.kind === 'identity'),
    column.comment === '' ? null : column.comment
  ]
}

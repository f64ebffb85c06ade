/** The views of INFORMATION_SCHEMA this server has. */
import { databasesView, schemata, sequences } from './containerViews.ts'
import type { InformationView } from './InformationView.ts'
import { enabledRoles, objectPrivileges, tablePrivileges } from './privilegeViews.ts'
import { columnsView, tables, views } from './relationViews.ts'

export const informationViews: Readonly<Record<string, InformationView>> = {
  SCHEMATA: schemata,
  TABLES: tables,
  VIEWS: views,
  COLUMNS: columnsView,
  TABLE_PRIVILEGES: tablePrivileges,
  OBJECT_PRIVILEGES: objectPrivileges,
  DATABASES: databasesView,
  ENABLED_ROLES: enabledRoles,
  SEQUENCES: sequences
}

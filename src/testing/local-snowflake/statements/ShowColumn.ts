/** One column of a SHOW, with what fills it; and those that many of them share. */
import type { Securable } from '../catalog/Securable.ts'
import { numberColumn, textColumn, timeCell, timeColumn } from './ResultSet.ts'
import type { Cell, ResultColumn } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export type Context = Pick<StatementContext, 'account' | 'session' | 'access'>

export interface ShowColumn<T> {
  readonly column: ResultColumn
  readonly cell: (object: T, context: Context) => Cell
}

export const text = <T>(name: string, cell: ShowColumn<T>['cell']): ShowColumn<T> => ({
  column: textColumn(name),
  cell
})
export const number = <T>(name: string, cell: ShowColumn<T>['cell']): ShowColumn<T> => ({
  column: numberColumn(name),
  cell
})
export const time = <T>(name: string, cell: ShowColumn<T>['cell']): ShowColumn<T> => ({
  column: timeColumn(name),
  cell
})

export const createdOn: ShowColumn<Securable> = time('created_on', object => timeCell(object.createdOn))
export const name: ShowColumn<Securable> = text('name', object => object.name)
export const owner: ShowColumn<Securable> = text('owner', object => object.owner?.name ?? '')
export const comment: ShowColumn<Securable> = text('comment', object => object.comment)
export const ownerRoleType: ShowColumn<Securable> = text(
  'owner_role_type',
  object => object.owner?.kind.replace(' ', '_') ?? ''
)
export const schemaName: ShowColumn<Securable> = text('schema_name', object => object.parent?.name ?? null)
export const databaseName: ShowColumn<Securable> = text('database_name', object => object.parent?.parent?.name ?? null)
export const off = <T>(column: string): ShowColumn<T> => text(column, () => 'OFF')
export const empty = <T>(column: string): ShowColumn<T> => text(column, () => '')
export const none = <T>(column: string): ShowColumn<T> => text(column, () => null)

/** The warehouse everyone may use from the start. */
import type { Account } from './catalog/Account.ts'
import type { Warehouse } from './catalog/Warehouse.ts'

export const createStartWarehouse = (account: Account, name: string): Warehouse => {
  const owner = account.systemRole('ACCOUNTADMIN')
  const warehouse: Warehouse = {
    ...account.createSecurable('WAREHOUSE', name, { owner, parent: account.securable }),
    size: 'X-Small',
    suspended: false,
    properties: new Map()
  }
  account.warehouses.add(warehouse)
  account.grants.add({
    privilege: 'USAGE',
    object: warehouse,
    grantee: account.systemRole('PUBLIC'),
    grantor: owner,
    grantOption: false,
    createdOn: account.clock.now()
  })
  return warehouse
}

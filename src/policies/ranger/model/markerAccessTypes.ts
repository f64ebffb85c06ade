/** `_READ`, `_ALL` and the like: names under which a policy can mean a whole category of access types. */
import type { AccessTypeDef } from './ServiceDef.ts'

const categories = ['CREATE', 'READ', 'UPDATE', 'DELETE', 'MANAGE']

/** The markers of a definition's access types. */
export const markerAccessTypesOf = (accessTypes: ReadonlyArray<AccessTypeDef>): ReadonlyArray<AccessTypeDef> => {
  const marker = (name: string, meant: ReadonlyArray<AccessTypeDef>): AccessTypeDef => ({
    name,
    impliedGrants: meant.map(accessType => accessType.name),
    category: ''
  })
  return [
    ...categories.map(category =>
      marker(
        `_${category}`,
        accessTypes.filter(accessType => accessType.category === category)
      )
    ),
    marker('_ALL', accessTypes)
  ].filter(({ impliedGrants }) => impliedGrants.length > 0)
}

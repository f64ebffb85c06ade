/** How DESCRIBE and INFORMATION_SCHEMA show what fills a column. */
import type { Column } from '../catalog/Relation.ts'
import { fullName } from '../catalog/Securable.ts'
import { displayName } from '../sql/quoteIdentifier.ts'

export const defaultText = (column: Column): string | null => {
  const value = column.default
  switch (value?.kind) {
    case undefined:
      return null
    case 'expression':
      return value.text
    case 'sequence':
      return `${displayName(fullName(value.sequence))}.NEXTVAL`
    case 'identity':
      return `IDENTITY START ${value.sequence.nextValue} INCREMENT ${value.sequence.increment} ${value.sequence.ordered ? 'ORDER' : 'NOORDER'}`
  }
}

/** Ranger's kinds of masks for a column's type. What a type can't carry is NULL, and it is said so. */
import type { Mask } from '../../../access/DesiredAccess.ts'
import type { DataMaskItem } from '../model/Policy.ts'

/** A mask, and why it shows less than the policy asks for. */
export interface MaskForType {
  readonly mask: Mask
  readonly note?: string
}

type Family = 'text' | 'number' | 'date' | 'other'

const families: ReadonlyArray<readonly [RegExp, Family]> = [
  [/^(?:N?VARCHAR2?|N?CHAR|CHARACTER|STRING|TEXT)\b/i, 'text'],
  [/^(?:NUMBER|DECIMAL|NUMERIC|INT|INTEGER|BIGINT|SMALLINT|TINYINT|BYTEINT)\b/i, 'number'],
  [/^(?:DATE|DATETIME|TIMESTAMP(?:_NTZ|_LTZ|_TZ)?)\b/i, 'date']
]

const familyOf = (dataType: string): Family => families.find(([form]) => form.test(dataType.trim()))?.[1] ?? 'other'

const custom = (expression: string): MaskForType => ({ mask: { kind: 'custom', expression } })
const hidden = (note?: string): MaskForType =>
  note === undefined ? { mask: { kind: 'null' } } : { mask: { kind: 'null' }, note }
const cannot = (type: string, what: string): MaskForType =>
  hidden(`${type} is not to be had for ${what}, NULL is shown instead`)

const digits = 'LENGTH(TO_VARCHAR(TRUNC(ABS({col}))))'
/** As many digits 1 as the number has before the point, with its sign (Hive's GenericUDFMask). */
const ones = `IFF({col} = 0, 1, SIGN({col}) * TO_NUMBER(REPEAT('1', ${digits})))`
/** A number of no more digits than may be shown is hidden whole. */
const lastDigits = `IFF(${digits} <= 4, ${ones}, SIGN({col}) * (TO_NUMBER(REPEAT('1', ${digits} - 4)) * 10000 + MOD(TRUNC(ABS({col})), 10000)))`
const firstDigits = `IFF(${digits} <= 4, ${ones}, SIGN({col}) * TO_NUMBER(LEFT(TO_VARCHAR(TRUNC(ABS({col}))), 4) || REPEAT('1', ${digits} - 4)))`

const byFamily = (type: string, family: Family, forms: Partial<Record<Family, MaskForType>>): MaskForType =>
  forms[family] ?? cannot(type, family === 'other' ? 'this data type' : `a ${family}`)

const maskOf = (type: string, family: Family): MaskForType | undefined => {
  switch (type.toUpperCase()) {
    case 'MASK':
      return byFamily(type, family, { text: { mask: { kind: 'redact' } }, number: custom(ones) })
    case 'MASK_SHOW_LAST_4':
      return byFamily(type, family, {
        text: { mask: { kind: 'show last', characters: 4 } },
        number: custom(lastDigits)
      })
    case 'MASK_SHOW_FIRST_4':
      return byFamily(type, family, {
        text: { mask: { kind: 'show first', characters: 4 } },
        number: custom(firstDigits)
      })
    case 'MASK_HASH':
      return byFamily(type, family, { text: { mask: { kind: 'hash' } } })
    case 'MASK_DATE_SHOW_YEAR':
      return byFamily(type, family, {
        date: custom("DATE_TRUNC('YEAR', {col})"),
        text: { mask: { kind: 'redact' } },
        number: custom(ones)
      })
    case 'MASK_NULL':
    case 'NULL':
      return hidden()
    case 'MASK_NONE':
    case 'NONE':
      return { mask: { kind: 'clear' } }
    default:
      return undefined
  }
}

/** `{type}` and `{colType}` in a custom mask stand for the column's type. */
const withType = (expression: string, dataType: string): string =>
  expression.replace(/\{(?:type|colType)\}/g, () => dataType)

/** The mask of an item for a column. `write` puts in what depends on who asks; undefined from it: it can't be told. */
export const rangerMask = (
  { dataMaskType, valueExpr }: DataMaskItem['dataMaskInfo'],
  dataType: string,
  write: (sql: string) => string | undefined
): MaskForType => {
  const known = maskOf(dataMaskType, familyOf(dataType))
  if (known !== undefined) return known
  if (dataMaskType.toUpperCase() !== 'CUSTOM')
    return hidden(`the mask type ${dataMaskType} is not known, NULL is shown instead`)
  if (valueExpr === undefined || valueExpr.trim() === '') return hidden()
  const written = write(valueExpr)
  if (written === undefined)
    return hidden('a custom mask holds an expression that can not be worked out, NULL is shown instead')
  return custom(withType(written, dataType))
}

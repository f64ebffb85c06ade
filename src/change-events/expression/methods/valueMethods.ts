/** Methods of every value, of objects, of numbers and of dates; and the table of all methods. */
import { formatDate } from '../dates/formatDate.ts'
import { toBoolean, toBytes, toDate, toDatetime, toInteger, toNumber, toText } from '../operators/convert.ts'
import { isEqual } from '../operators/equality.ts'
import { raise } from '../raise.ts'
import { readValue } from '../values/readValue.ts'
import { collectionMethods } from './collectionMethods.ts'
import { floorOf, rootOf } from './numberFunctions.ts'
import type { Operation, OperationTable } from './Operation.ts'
import { operation, tableOf } from './Operation.ts'
import { textMethods } from './textMethods.ts'

const conversions: ReadonlyArray<Operation> = [
  operation('toBoolean', ['any'], ([value]) => toBoolean(value)),
  operation('toInteger', ['any'], ([value]) => toInteger(value)),
  operation('toNumber', ['any'], ([value]) => toNumber(value)),
  operation('toString', ['any'], ([value], meter) => toText(value, meter)),
  operation('toBinary', ['any'], ([value]) => toBytes(value)),
  operation('toDate', ['any'], ([value], meter) => toDate(value, meter)),
  operation('toDatetime', ['any'], ([value], meter) => toDatetime(value, meter))
]

const objectMethods: ReadonlyArray<Operation> = [
  operation('size', ['object'], ([object]) => Object.keys(object).length),
  operation('isEmpty', ['object'], ([object]) => Object.keys(object).length === 0),
  operation('containsKey', ['object', 'any'], ([object, key]) => typeof key === 'string' && Object.hasOwn(object, key)),
  operation('containsValue', ['object', 'any'], ([object, wanted], meter) =>
    Object.keys(object).some(key => {
      meter.spend(1)
      return isEqual(readValue(object[key]), wanted, meter)
    })
  )
]

const numberMethods: ReadonlyArray<Operation> = [
  operation('sqrt', ['number'], ([value]) => rootOf(value)),
  operation('floor', ['number'], ([value]) => floorOf(value))
]

const dateMethods: ReadonlyArray<Operation> = [
  operation('toString', ['date', 'text'], ([value, pattern]) => formatDate(value, pattern)),
  operation('toString', ['datetime', 'text'], () =>
    raise('unsupported', 'a pattern writes dates, not datetimes: toDate() gives the date')
  )
]

/** Every method, by name. */
export const methods: OperationTable = tableOf([
  ...conversions,
  ...textMethods,
  ...collectionMethods,
  ...objectMethods,
  ...numberMethods,
  ...dateMethods
])

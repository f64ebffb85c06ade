/** The table of all functions. */
import type { Meter } from '../Meter.ts'
import { stepsFor } from '../Meter.ts'
import { toText } from '../operators/convert.ts'
import type { Value } from '../values/Value.ts'
import { dateFunctions } from './dateFunctions.ts'
import { numberFunctions } from './numberFunctions.ts'
import type { Operation, OperationTable } from './Operation.ts'
import { operation, tableOf } from './Operation.ts'
import { partOf, positionOf } from './textMethods.ts'

const concatenated = (values: ReadonlyArray<Value>, meter: Meter): string => {
  const text = values.map(value => toText(value, meter)).join('')
  meter.spend(stepsFor(text.length))
  meter.produce(text.length)
  return text
}

/** Unlike the method of that name, `substr` counts from 1 here, and its last argument is a length. */
const textFunctions: ReadonlyArray<Operation> = [
  operation('substr', ['text', 'number'], ([text, from], meter) =>
    partOf(text, positionOf(from) - 1, text.length, meter)
  ),
  operation('substr', ['text', 'number', 'number'], ([text, from, count], meter) => {
    const begin = positionOf(from) - 1
    return partOf(text, begin, Math.min(text.length, begin + positionOf(count)), meter)
  }),
  operation('concat', ['any', 'any'], (values, meter) => concatenated(values, meter)),
  operation('concat', ['any', 'any', 'any'], (values, meter) => concatenated(values, meter))
]

/** Every function, by name. */
export const functions: OperationTable = tableOf([...numberFunctions, ...textFunctions, ...dateFunctions])

/** Methods of arrays and sets. */
import type { Meter } from '../Meter.ts'
import { isEqual } from '../operators/equality.ts'
import { positionIn } from '../operators/access.ts'
import { compareValues } from '../operators/order.ts'
import { isTruthy } from '../operators/truth.ts'
import { raise } from '../raise.ts'
import { readValue } from '../values/readValue.ts'
import type { Closure, Value } from '../values/Value.ts'
import { bytes, elementsOf, isArray, isSet, kindOf } from '../values/Value.ts'
import { binaryKey } from './binaryKey.ts'
import type { Operation } from './Operation.ts'
import { operation } from './Operation.ts'

type Collection = Parameters<typeof elementsOf>[0]

const readElements = (collection: Collection, meter: Meter): ReadonlyArray<Value> => {
  meter.spend(elementsOf(collection).length)
  return elementsOf(collection).map(readValue)
}

const holds = (collection: Collection, wanted: Value, meter: Meter): boolean =>
  elementsOf(collection).some(element => {
    meter.spend(1)
    return isEqual(readValue(element), wanted, meter)
  })

const someMatch = (collection: Collection, test: Closure): boolean =>
  elementsOf(collection).some(element => isTruthy(test.call([readValue(element)])))

const mapped = (collection: Collection, change: Closure, meter: Meter): ReadonlyArray<Value> => {
  meter.produce(elementsOf(collection).length)
  return readElements(collection, meter).map(element => change.call([element]))
}

const flattened = (collection: Collection, change: Closure, meter: Meter): ReadonlyArray<Value> => {
  const flat = mapped(collection, change, meter).flatMap(inner =>
    isArray(inner) || isSet(inner)
      ? readElements(inner, meter)
      : raise('not-a-collection', `flatMap was given ${kindOf(inner)} for an element`)
  )
  meter.produce(flat.length)
  return flat
}

const reduced = (elements: ReadonlyArray<Value>, combine: Closure): Value => {
  const [first, ...others] = elements
  return others.reduce((result, element) => combine.call([result, element]), first ?? null)
}

/** Elements of one kind, in their natural order. Kinds that compare elsewhere (1 and 1.0, a date and a text) do not mix here. */
const compareElements = (a: Value, b: Value): number =>
  kindOf(a) === kindOf(b) && sortable.has(kindOf(a))
    ? compareValues('sort', a, b)
    : raise('not-comparable', `sort cannot put ${kindOf(a)} and ${kindOf(b)} in order`)

const sortable: ReadonlySet<string> = new Set(['boolean', 'integer', 'float', 'decimal', 'text', 'date', 'datetime'])

const sorted = (
  collection: Collection,
  compare: (a: Value, b: Value) => number,
  meter: Meter
): ReadonlyArray<Value> => {
  meter.produce(elementsOf(collection).length)
  return [...readElements(collection, meter)].sort((a, b) => {
    meter.spend(1)
    return compare(a, b)
  })
}

const orderFrom =
  (compare: Closure) =>
  (a: Value, b: Value): number => {
    const order = compare.call([a, b])
    return positionIn(order) ?? raise('type-conversion', `sort was given ${kindOf(order)} for an order`)
  }

export const collectionMethods: ReadonlyArray<Operation> = [
  operation('size', ['collection'], ([collection]) => elementsOf(collection).length),
  operation('isEmpty', ['collection'], ([collection]) => elementsOf(collection).length === 0),
  operation('contains', ['collection', 'any'], ([collection, wanted], meter) => holds(collection, wanted, meter)),
  operation('containsAll', ['collection', 'collection'], ([collection, wanted], meter) =>
    readElements(wanted, meter).every(each => holds(collection, each, meter))
  ),
  operation('containsAny', ['collection', 'collection'], ([collection, wanted], meter) =>
    readElements(wanted, meter).some(each => holds(collection, each, meter))
  ),
  operation('anyMatch', ['collection', 'lambda'], ([collection, test]) => someMatch(collection, test)),
  // Stored rules were written against a reference that asks for one match here, not for all. `p for all x of c` asks for all.
  operation('allMatch', ['collection', 'lambda'], ([collection, test]) => someMatch(collection, test)),
  // An array for a set too.
  operation('map', ['collection', 'lambda'], ([collection, change], meter) => mapped(collection, change, meter)),
  operation('flatMap', ['collection', 'lambda'], ([collection, change], meter) => flattened(collection, change, meter)),
  operation('reduce', ['collection', 'lambda'], ([collection, combine], meter) =>
    reduced(readElements(collection, meter), combine)
  ),
  operation('reduce', ['collection', 'any', 'lambda'], ([collection, initial, combine], meter) =>
    reduced([initial, ...readElements(collection, meter)], combine)
  ),
  operation('sort', ['collection'], ([collection], meter) => sorted(collection, compareElements, meter)),
  operation('sort', ['collection', 'lambda'], ([collection, compare], meter) =>
    sorted(collection, orderFrom(compare), meter)
  ),
  operation('binaryKey', ['collection'], ([collection], meter) =>
    bytes(binaryKey(readElements(collection, meter), meter))
  )
]

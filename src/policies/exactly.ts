/** Objects with fields that must be there and fields that may: fields they do not know are faults. */
import * as t from 'io-ts'

export const exactly = <R extends t.Props, O extends t.Props>(
  required: R,
  optional: O
): t.ExactC<t.IntersectionC<[t.TypeC<R>, t.PartialC<O>]>> =>
  t.exact(t.intersection([t.type(required), t.partial(optional)]))

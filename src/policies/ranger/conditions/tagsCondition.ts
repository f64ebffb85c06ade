/** Conditions on the tags that the resource carries. */
import type { ReadCondition } from './Condition.ts'
import { undecidable } from './Condition.ts'
import { truthOf } from './Truth.ts'

/** All, any or none of the tags listed are there. */
export const tagsCondition =
  (which: 'all' | 'any' | 'none'): ReadCondition =>
  values => {
    const wanted = values.map(value => value.trim()).filter(value => value !== '')
    if (wanted.length === 0) return undecidable('a tag condition without tags')
    return {
      isPersonal: false,
      holds: ({ occasion: { tags } }) => {
        const present = new Set(tags.map(({ tag }) => tag.type))
        if (which === 'all') return truthOf(wanted.every(type => present.has(type)))
        return truthOf(wanted.some(type => present.has(type)) === (which === 'any'))
      }
    }
  }

/** A change as the journal keeps it: as JSON for those who are told, and with its types for filters. */
import { compact } from '../../internal/objects.ts'
import type { IdentifiedChange, ObjectChange, ObjectImage } from '../ObjectChange.ts'
import type { JournalEntry } from './TellingJournal.ts'
import { readTypedImage, typedImage } from './typedImage.ts'

type ChangeEntry = Extract<JournalEntry, { readonly type: 'change' }>
type Images = Pick<ObjectChange, 'before' | 'after'>

const each = (images: Images, map: (image: ObjectImage) => ObjectImage | undefined): Images =>
  compact({
    before: images.before === undefined ? undefined : map(images.before),
    after: images.after === undefined ? undefined : map(images.after)
  })

/** `images`: as the host gave them. */
export const changeEntry = (
  id: string,
  origin: ChangeEntry['origin'],
  change: IdentifiedChange,
  images: Images
): ChangeEntry => {
  const typed = each(images, typedImage)
  const entry = { type: 'change', id, origin, change } as const
  return Object.keys(typed).length === 0 ? entry : { ...entry, typed }
}

/** What filters are asked about. */
export const imagesOfEntry = ({ change, typed = {} }: ChangeEntry): Images => {
  const { before, after } = { ...change, ...readable(typed) }
  return compact({ before, after })
}

/** Types that somebody wrote into the file, and that cannot be, are none. */
const readable = (typed: Images): Images => {
  try {
    return each(typed, readTypedImage)
  } catch {
    return {}
  }
}

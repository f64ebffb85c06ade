import type { PropertyDefinition } from '../../src/configuration/properties.ts'
import { properties } from '../../src/configuration/properties.ts'

/** The properties as a Markdown table. */
export const configurationTable = (): string => {
  const rows = Object.values<PropertyDefinition>(properties).map(({ name, aliases, kind, default: given, meaning }) => {
    const also = aliases.length === 0 ? '' : `<br>also \`${aliases.join('`, `')}\``
    return `| \`${name}\`${also} | ${kind} | ${given === undefined || given === '' ? '' : `\`${given}\``} | ${meaning} |\n`
  })
  return `| property | kind | default | meaning |\n|---|---|---|---|\n${rows.join('')}`
}

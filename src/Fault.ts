/**
 * One thing that is wrong with some input: where, which rule it breaks, and (where that helps) what to do.
 * Never the value found there: faults travel into logs and audit records, and a value may be a secret.
 */
export interface Fault {
  /** Where: `requestInfo.resources[2].values.schema`, an option's name, a property's name. Empty for the whole input. */
  readonly path: string
  /** The rule that is broken, said so that the reader knows what would be right: `must be a non-empty string`. */
  readonly rule: string
  /** Line in the text the input came from, from 1, where there is such a text. */
  readonly line?: number
  /** Column in that line, from 1. */
  readonly column?: number
}

/** Builds a {@link Fault} for a path. */
export const fault = (path: string, rule: string): Fault => ({ path, rule })

/** One line for people: `requestInfo.resources[0].type: must be one of database, schema, table, view, column`. */
export const describeFault = ({ path, rule, line, column }: Fault): string => {
  const where = line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `
  return `${where}${path === '' ? '' : `${path}: `}${rule}`
}

/** Joins the parts of a path as people write it: names with dots, positions in brackets. */
export const joinPath = (parent: string, part: string | number): string =>
  typeof part === 'number' ? `${parent}[${part}]` : parent === '' ? part : `${parent}.${part}`

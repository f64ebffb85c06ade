/**
 * Puts what `${{ … }}` comes to into the SQL of a filter or a mask. Ranger splices it in as it is; an attribute is somebody's to write, so here it may never be more than a value: inside
 * quotes it is escaped, and outside of them it has to be numbers, words or quoted texts, with commas between.
 */
import type { ScriptScope } from './script/evaluateScript.ts'
import { expressionText } from './AskerScope.ts'
import { readExpression } from './script/readScript.ts'
import { escapeQuoted } from './script/scriptLists.ts'

const expression = /\$\{\{(.*?)\}\}/g

/** Whether there is anything to put in. */
export const hasExpressions = (sql: string): boolean => /\$\{\{.*?\}\}/.test(sql)

/** What can't be worked out in it, in words. */
export const unsupportedExpression = (sql: string): string | undefined => {
  for (const [, source = ''] of sql.matchAll(expression)) {
    const read = readExpression(source)
    if (read.kind === 'unsupported') return read.reason
  }
  return undefined
}

/** Whether it looks at more of the asker than which policies name them. */
export const isPersonalSql = (sql: string): boolean =>
  [...sql.matchAll(expression)].some(([, source = '']) => {
    const read = readExpression(source)
    return read.kind === 'script' && read.isPersonal
  })

/** Whether a place is inside a text in quotes: an odd number of quotes stands before it. Doubled ones come in pairs, escaped ones are skipped. */
const isInText = (sql: string): boolean => (sql.replace(/\\[\s\S]/g, '').match(/'/g) ?? []).length % 2 === 1

const value = String.raw`\s*(?:[\w.+-]+|'(?:[^'\\]|''|\\[\s\S])*')\s*`
const values = new RegExp(`^${value}(?:,${value})*$`)

/** The SQL for one asker; undefined where a part can't be told, or would be more than a value. */
export const spliceExpressions = (sql: string, scope: ScriptScope): string | undefined => {
  let [spliced, at] = ['', 0]
  for (const match of sql.matchAll(expression)) {
    spliced += sql.slice(at, match.index)
    at = match.index + match[0].length
    const text = expressionText(match[1] ?? '', scope)
    if (text === undefined) return undefined
    if (isInText(spliced)) spliced += escapeQuoted(text)
    else if (text === '' || values.test(text)) spliced += text
    else return undefined
  }
  return spliced + sql.slice(at)
}

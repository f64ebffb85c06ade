/** The loops of a script, as the turns they take. */
import { numberLiteral } from '../sql/Literal.ts'
import type { Literal } from '../sql/Literal.ts'
import type { Step } from '../sql/ScriptStatement.ts'
import { refused } from '../StatementError.ts'
import { createScriptScope } from './ScriptScope.ts'
import { evaluate, isTrue, rowsOf } from './scriptValues.ts'
import type { Script } from './scriptValues.ts'
import { cellLiteral } from './variables.ts'

export type Loop = Extract<Step, { kind: 'forRange' | 'forEach' | 'while' | 'repeat' | 'loop' }>

/** One script per turn, with the loop's variable in scope. */
export async function* turns(script: Script, loop: Loop): AsyncGenerator<Script> {
  switch (loop.kind) {
    case 'forRange': {
      const [from, to] = [
        Number((await evaluate(script, loop.from)).text),
        Number((await evaluate(script, loop.to)).text)
      ]
      for (let i = 0; from + i <= to; i += 1)
        yield withVariable(script, loop.variable, numberLiteral(loop.reverse ? to - i : from + i))
      return
    }
    case 'forEach': {
      const rows = await rowsOf(script, loop.over)
      if (rows === undefined) throw refused(`'${loop.over}' is no result set and no cursor.`)
      for (const row of rows.rows) {
        const fields = new Map(rows.columns.map(({ name, type }, i) => [name, cellLiteral(row[i] ?? null, type)]))
        const scope = createScriptScope(script.scope)
        scope.declareRecord(loop.variable, fields)
        yield { ...script, scope }
      }
      return
    }
    case 'while':
      while (await isTrue(script, loop.condition)) yield script
      return
    case 'repeat':
      do yield script
      while (!(await isTrue(script, loop.condition)))
      return
    case 'loop':
      for (;;) yield script
  }
}

const withVariable = (script: Script, name: string, value: Literal): Script => {
  const scope = createScriptScope(script.scope)
  scope.declare(name, value)
  return { ...script, scope }
}

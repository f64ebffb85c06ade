/**
 * Lint rule: an Either that nobody reads, or a task that nobody runs, is a bug that compiles. Reports every statement whose value is an Either, a function
 * that answers with one (a TaskEither), or a promise of one. `void` in front says: on purpose.
 */
import { ESLintUtils } from '@typescript-eslint/utils'

const isEither = type =>
  type.isUnion() &&
  type.types.every(part => part.getProperty('_tag') && (part.getProperty('left') ?? part.getProperty('right')))

export default ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    messages: { ignored: 'this {{what}} is ignored: read it, run it, or write `void` in front' }
  },
  defaultOptions: [],
  create: context => {
    const services = ESLintUtils.getParserServices(context)
    const checker = services.program.getTypeChecker()
    const what = type => {
      if (isEither(type)) return 'Either'
      const promised = checker.getPromisedTypeOfPromise?.(type)
      if (promised !== undefined) return isEither(promised) ? 'promise of an Either' : undefined
      const [call] = type.getCallSignatures()
      if (call === undefined || call.getParameters().length > 0) return undefined
      return what(call.getReturnType()) === undefined ? undefined : 'task'
    }
    return {
      ExpressionStatement: node => {
        if (node.expression.type === 'UnaryExpression' || node.expression.type === 'AssignmentExpression') return
        const found = what(services.getTypeAtLocation(node.expression))
        if (found !== undefined) context.report({ node, messageId: 'ignored', data: { what: found } })
      }
    }
  }
})

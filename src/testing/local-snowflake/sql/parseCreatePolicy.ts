/**
 * @see https://docs.snowflake.com/en/sql-reference/sql/create-masking-policy
 * @see https://docs.snowflake.com/en/sql-reference/sql/create-row-access-policy
 */
import type { PolicyKind } from '../catalog/ObjectKind.ts'
import type { CreateMode, CreatePolicy, PolicyArgument } from './CreateStatement.ts'
import { parseDataType } from './DataType.ts'
import type { Expression } from './SyntaxTree.ts'
import { parseExistence, takeComment } from './parseCreateMode.ts'
import type { Parser } from './Parser.ts'

/** The kind was read. */
export const parseCreatePolicy = (parser: Parser, mode: CreateMode, policyKind: PolicyKind): CreatePolicy => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  parser.expect('AS')
  const signature = parseSignature(parser)
  parser.expect('RETURNS')
  const returns = parseDataType(parser)
  const { body, bodyText } = parsePolicyBody(parser)
  let comment: string | undefined
  let exemptOtherPolicies = false
  for (;;) {
    const text = takeComment(parser)
    if (text !== undefined) comment = text
    else if (parser.take('EXEMPT_OTHER_POLICIES')) exemptOtherPolicies = parseFlag(parser)
    else break
  }
  return {
    kind: 'createPolicy',
    mode: fullMode,
    name,
    policyKind,
    signature,
    returns,
    body,
    bodyText,
    comment,
    exemptOtherPolicies
  }
}

/** `-> <expression>`: one well-formed expression and nothing beside it. */
export const parsePolicyBody = (parser: Parser): { readonly body: Expression; readonly bodyText: string } => {
  parser.expectSymbol('->')
  const mark = parser.mark()
  const body = parser.expression()
  return { body, bodyText: parser.textSince(mark) }
}

const parseSignature = (parser: Parser): ReadonlyArray<PolicyArgument> => {
  parser.expectSymbol('(')
  const signature = [parseArgument(parser)]
  while (parser.takeSymbol(',')) signature.push(parseArgument(parser))
  parser.expectSymbol(')')
  return signature
}

const parseArgument = (parser: Parser): PolicyArgument => ({ name: parser.identifier(), type: parseDataType(parser) })

const parseFlag = (parser: Parser): boolean => {
  parser.expectSymbol('=')
  if (parser.take('TRUE')) return true
  parser.expect('FALSE')
  return false
}

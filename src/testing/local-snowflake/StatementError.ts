/** A statement's refusal, with Snowflake's own code, SQLSTATE and wording: what the wire and `execute` both report. */

/** What a client learns of a refused statement. */
export interface StatementErrorData {
  /** Snowflake's six-digit code, for example `'002003'`. */
  readonly code: string
  readonly sqlState: string
  readonly message: string
  /** 1-based line, -1 when the error has no place in the text. */
  readonly line: number
  /** 0-based position in that line, -1 when the error has no place in the text. */
  readonly position: number
}

/** Thrown by `execute` and by every statement inside the server. Tell it by `name` and `code`, not by `instanceof`. */
export class StatementError extends Error implements StatementErrorData {
  override readonly name = 'StatementError'
  readonly code: string
  readonly sqlState: string
  readonly line: number
  readonly position: number

  constructor(code: string, sqlState: string, message: string, place: Place = nowhere) {
    super(message)
    this.code = code
    this.sqlState = sqlState
    this.line = place.line
    this.position = place.column
  }
}

/** Where in the text: 1-based line, 0-based column. */
export interface Place {
  readonly line: number
  readonly column: number
}

const nowhere: Place = { line: -1, column: -1 }

const compilation = (code: string, sqlState: string, text: string): StatementError =>
  new StatementError(code, sqlState, `SQL compilation error:\n${text}`)

const execution = (code: string, sqlState: string, text: string): StatementError =>
  new StatementError(code, sqlState, `SQL execution error:\n${text}`)

const accessControl = (code: string, text: string): StatementError =>
  new StatementError(code, '42501', `SQL access control error:\n${text}`)

export const syntaxError = (place: Place, unexpected: string): StatementError =>
  new StatementError(
    '001003',
    '42000',
    `SQL compilation error:\nsyntax error line ${place.line} at position ${place.column} unexpected '${unexpected}'.`,
    place
  )

export const invalidIdentifier = (place: Place, name: string): StatementError =>
  new StatementError(
    '000904',
    '42000',
    `SQL compilation error: error line ${place.line} at position ${place.column}\ninvalid identifier '${name}'`,
    place
  )

export const identifierTooLong = (place: Place): StatementError =>
  new StatementError(
    '001003',
    '42000',
    `SQL compilation error:\nidentifier at line ${place.line} position ${place.column} is longer than 255 characters.`,
    place
  )

export const unsupported = (feature: string): StatementError =>
  new StatementError('000002', '0A000', `Unsupported feature '${feature}'.`)

/** `SQLSTATE` of a missing table or view is 42S02, of anything else 02000. */
export const doesNotExist = (noun: string, name: string, sqlState = '02000'): StatementError =>
  compilation('002003', sqlState, `${noun} '${name}' does not exist or not authorized.`)

export const cannotBePerformed = (): StatementError =>
  compilation('002043', '02000', 'Object does not exist, or operation cannot be performed.')

export const alreadyExists = (name: string): StatementError =>
  compilation('002002', '42710', `Object '${name}' already exists.`)

export const insufficientPrivileges = (noun: string, name?: string): StatementError =>
  accessControl('003001', `Insufficient privileges to operate on ${noun}${name === undefined ? '' : ` '${name}'`}.`)

export const roleNotAssigned = (role: string): StatementError =>
  accessControl(
    '003013',
    `Requested role '${role}' is not assigned to the executing user.  Specify another role to activate.`
  )

export const grantPartiallyExecuted = (missing: ReadonlyArray<string>): StatementError =>
  new StatementError('003011', '42501', `Grant partially executed: privileges [${missing.join(', ')}] not granted.`)

export const grantNotExecuted = (): StatementError =>
  new StatementError('003102', '42501', 'Grant not executed: Insufficient privileges.')

export const invalidGrant = (text: string): StatementError => compilation('003008', '42501', text)

export const dependentGrantExists = (privilege: string, securable: string, grantee: string): StatementError =>
  execution(
    '003036',
    '23001',
    `Dependent grant of privilege '${privilege}' on securable '${securable}' to role '${grantee}' exists.  It must be revoked first.`
  )

export const noCurrentDatabase = (operation: string): StatementError =>
  new StatementError(
    '090105',
    '22000',
    `Cannot perform ${operation}. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.`
  )

export const noCurrentSchema = (operation: string): StatementError =>
  new StatementError(
    '090106',
    '22000',
    `Cannot perform ${operation}. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name.`
  )

export const noWarehouse = (): StatementError =>
  new StatementError(
    '000606',
    '57P03',
    "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command."
  )

export const canceled = (): StatementError => new StatementError('000604', '57014', 'SQL execution canceled')

export const timedOut = (seconds: number): StatementError =>
  new StatementError(
    '000630',
    '57014',
    `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`
  )

export const statementNotFound = (id: string): StatementError =>
  new StatementError('000709', '02000', `Statement ${id} not found`)

export const invalidValue = (text: string): StatementError => compilation('001008', '22023', text)

/** A rule of Snowflake whose number is not published: the wording is Snowflake's, the number is the general one. */
export const refused = (text: string): StatementError => compilation('001506', '42601', text)

export const wrongStatementCount = (actual: number, desired: number): StatementError =>
  new StatementError(
    '000008',
    '0A000',
    `Actual statement count ${actual} did not match the desired statement count ${desired}.`
  )

export const policyInUse = (name: string): StatementError =>
  compilation(
    '001492',
    '42601',
    `Policy ${name} cannot be dropped/replaced as it is associated with one or more entities.`
  )

export const columnAlreadyMasked = (): StatementError =>
  compilation(
    '003529',
    '42601',
    'Specified column already attached to another masking policy. A column cannot be attached to multiple masking policies. Please drop the current association in order to attach a new masking policy.'
  )

export const rowAccessPolicyAlreadyThere = (relation: string): StatementError =>
  compilation(
    '003549',
    '23505',
    `Object ${relation} already has a ROW_ACCESS_POLICY. Only one ROW_ACCESS_POLICY is allowed at a time.`
  )

export const rowAccessReturnType = (name: string): StatementError =>
  compilation('003551', '42601', `Return type of row access policy '${name}' must be BOOLEAN.`)

export const maskingTypeMismatch = (): StatementError =>
  compilation('002262', '42601', 'Masking policy function argument and return type mismatch.')

export const staleStream = (name: string): StatementError =>
  execution(
    '091111',
    '22000',
    `Stream ${name} is stale: the changes it stands before are no longer retained. Recreate it.`
  )

export const tooMuchInformation = (): StatementError =>
  new StatementError(
    '090030',
    '22000',
    'Information schema query returned too much data. Please repeat query with more selective predicates.'
  )

export const unknownFunction = (name: string): StatementError =>
  compilation('002140', '42601', `Unknown function ${name}`)

export const notHexadecimal = (text: string): StatementError =>
  new StatementError('100115', '22000', `The following string is not a legal hex-encoded value: '${text}'`)

export const bindNotSet = (what: string): StatementError =>
  compilation('002049', '42601', `Bind variable ${what} not set.`)

export const noSessionVariable = (name: string): StatementError =>
  compilation('002211', '02000', `Session variable '$${name}' does not exist`)

/** The one place where errors of the driver become ours. Its messages are not repeated: they may quote values. */
import { SyncError } from '../SyncError.ts'

/** What a statement was about, for the error it may end in. */
export interface StatementPurpose {
  /** In words, such as `GRANT` or `SHOW GRANTS`. */
  readonly operation: string
  /** The object, as people write it. */
  readonly object: string
  /** What our role needs for it, any one of them. */
  readonly needs: ReadonlyArray<string>
}

interface DriverError {
  readonly code?: unknown
  readonly sqlState?: unknown
  readonly message?: unknown
}

/** Codes that mean: not here, not now, for nobody. Sessions that died, networks, servers, a warehouse that is missing (facts: driver error tables, docs). */
const unavailable = new Set([
  '000606',
  '390104',
  '390110',
  '390111',
  '390112',
  '390114',
  '401001',
  '401002',
  '401003',
  '401004',
  '402001',
  '402002',
  '404001',
  '405501',
  '405502',
  '405503',
  '406001',
  '406501',
  '406502',
  '407001',
  '407002',
  '408001'
])
/** "No active warehouse selected": it may have been dropped or taken away for the moment, so this too is waited for. */
const noWarehouse = '000606'
const loginRefused = new Set([
  '390100',
  '390101',
  '390102',
  '390103',
  '390144',
  '390186',
  '390189',
  '390195',
  '390201',
  '390303',
  '390318',
  '390400',
  '390422',
  '394300',
  '394304',
  '404201',
  '404202'
])
/** What the driver refuses to begin a login with (4040xx: a key that is none), or OpenSSL to open: no task's matter, and none may fail over it. */
const isUnusableLogin = (code: string): boolean =>
  /^(?:4040\d\d|ERR_OSSL_.*|ERR_CRYPTO_.*|ERR_MISSING_PASSPHRASE)$/.test(code)
const absent = new Set(['002003', '002043', '000709'])
const forbidden = new Set(['003001', '003011', '003102', '003041'])
/** Locks, cancelled and timed-out statements, and a policy that came in between: planning again helps. */
const passing = new Set(['000604', '000625', '000630', '000638', '003529', '003506'])

const codeOf = ({ code }: DriverError): string | undefined => {
  if (typeof code === 'string') return code
  return typeof code === 'number' ? String(code).padStart(6, '0') : undefined
}

/** `Role 'R' does not exist or not authorized.` names what is missing, which need not be the statement's object. */
const otherAbsentee = ({ message }: DriverError): string | undefined => {
  const found =
    typeof message === 'string'
      ? /\b(Role|User|Database|Schema|Database role|Masking policy|Row access policy) '(.{1,600})' does not exist/is.exec(
          message
        )
      : null
  return found === null ? undefined : `${String(found[1]).toLowerCase()} ${String(found[2])}`
}

/** Maps an error of the driver. */
export const toSnowflakeError = (cause: unknown, purpose: StatementPurpose): SyncError => {
  const error = (typeof cause === 'object' && cause !== null ? cause : {}) as DriverError
  const code = codeOf(error)
  const { operation, object, needs } = purpose
  if (code === undefined || unavailable.has(code))
    return SyncError.Unavailable({
      service: 'snowflake',
      operation,
      ...(code === undefined ? {} : { code }),
      ...(code === noWarehouse ? { needs: ['a warehouse that our role has USAGE on'] } : {}),
      cause
    })
  if (loginRefused.has(code) || isUnusableLogin(code))
    return SyncError.LoginRefused({ service: 'snowflake', code, cause })
  const sqlState = typeof error.sqlState === 'string' ? { sqlState: error.sqlState } : {}
  if (absent.has(code)) {
    const other = otherAbsentee(error)
    // A policy of ours that was dropped as unused between planning and use: planning again makes it anew.
    if (other?.includes('policy') === true)
      return SyncError.StatementFailed({ operation, object, code, ...sqlState, retryable: true, cause })
    return SyncError.NotFound({ object: other ?? object })
  }
  if (forbidden.has(code)) return SyncError.NotAuthorized({ operation, object, needs, cause })
  return SyncError.StatementFailed({ operation, object, code, ...sqlState, retryable: passing.has(code), cause })
}

/** True for errors after which a session is of no more use. */
export const isSessionLost = (cause: unknown): boolean => {
  const code = codeOf(typeof cause === 'object' && cause !== null ? cause : {})
  return code !== undefined && code !== noWarehouse && unavailable.has(code)
}

/** `jdbc:snowflake://account.snowflakecomputing.com/?warehouse=W&role=R`: the published way to say where Snowflake is. */
import * as E from 'fp-ts/lib/Either.js'

export interface JdbcUrl {
  readonly account: string
  readonly accessUrl: string
  readonly warehouse?: string
  readonly role?: string
}

const rule = 'must look like jdbc:snowflake://<account>.snowflakecomputing.com/?warehouse=…&role=…'

/** Reads the URL, or says how it must look. `ssl=off` makes it plain HTTP, for local servers; `account=` names the account where the host does not. */
export const readJdbcUrl = (text: string): E.Either<string, JdbcUrl> => {
  if (!text.startsWith('jdbc:snowflake://') || !URL.canParse(text.replace('jdbc:snowflake:', 'https:')))
    return E.left(rule)
  const url = new URL(text.replace('jdbc:snowflake:', 'https:'))
  const { host, hostname, searchParams } = url
  if (hostname === '') return E.left(rule)
  const usual = '.snowflakecomputing.com'
  const account =
    searchParams.get('account') ?? (hostname.endsWith(usual) ? hostname.slice(0, -usual.length) : undefined)
  if (account === undefined) return E.left(`${rule}; for another host add account=…`)
  const warehouse = searchParams.get('warehouse')
  const role = searchParams.get('role')
  return E.right({
    account,
    accessUrl: `${searchParams.get('ssl') === 'off' ? 'http' : 'https'}://${host}`,
    ...(warehouse === null ? {} : { warehouse }),
    ...(role === null ? {} : { role })
  })
}

/** Writes the published AsyncAPI document from the codecs: `npm run asyncapi`. A test fails when the file is behind them. */
import { writeFileSync } from 'node:fs'
import { changeEventsAsyncApi } from 'on-demand-sync/change-events'

writeFileSync('schema/change-events.asyncapi.json', `${JSON.stringify(changeEventsAsyncApi, null, 2)}\n`)

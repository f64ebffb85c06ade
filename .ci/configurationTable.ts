/** Writes the table of properties in docs/configuration.md: `npm run configuration-table`. A test fails when the file is behind. */
import { readFileSync, writeFileSync } from 'node:fs'
import { configurationTable } from '../test/configuration/configurationTable.ts'

const file = 'docs/configuration.md'
const [before = '', , after = ''] = readFileSync(file, 'utf8').split(/<!-- table -->\n|<!-- end of table -->\n/)
writeFileSync(file, `${before}<!-- table -->\n${configurationTable()}<!-- end of table -->\n${after}`)

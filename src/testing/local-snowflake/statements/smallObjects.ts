/** CREATE of tags, sequences, warehouses, streams and inert objects. */
import type { Tag } from '../catalog/Policy.ts'
import { sentenceCase } from '../catalog/ObjectKind.ts'
import type { Relation } from '../catalog/Relation.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import type { Stream } from '../catalog/Stream.ts'
import type { Inert, Warehouse } from '../catalog/Warehouse.ts'
import { versionAt } from '../engine/timeTravel.ts'
import { createCompiler } from '../engine/createCompiler.ts'
import type { CreateInert, CreateSequence, CreateStream, CreateTag, CreateWarehouse } from '../sql/CreateStatement.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { flagProperty, textProperty } from '../sql/Properties.ts'
import { alreadyExists, cannotBePerformed, unsupported } from '../StatementError.ts'
import { createInSchema } from './createObject.ts'
import { dropObject } from './dropObject.ts'
import { creatingRole, requireGlobal, requireOwnership, requirePrivilege } from './require.ts'
import { findObject } from './resolve.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export const createTag = (statement: CreateTag, context: StatementContext): Promise<ResultSet> =>
  createInSchema<Tag>(context, {
    kind: 'TAG',
    name: statement.name,
    mode: statement.mode,
    noun: 'Tag',
    build: (schema, name) => ({
      ...context.account.createSecurable('TAG', name, {
        owner: creatingRole(context),
        parent: schema,
        comment: statement.comment
      }),
      allowedValues: statement.allowedValues,
      masking: new Map(),
      objects: new Set()
    })
  })

export const createSequence = (statement: CreateSequence, context: StatementContext): Promise<ResultSet> =>
  createInSchema<Sequence>(context, {
    kind: 'SEQUENCE',
    name: statement.name,
    mode: statement.mode,
    noun: 'Sequence',
    build: (schema, name) => ({
      ...context.account.createSecurable('SEQUENCE', name, {
        owner: creatingRole(context),
        parent: schema,
        comment: statement.comment
      }),
      nextValue: statement.start,
      increment: statement.increment,
      ordered: statement.ordered
    })
  })

export const createStream = (statement: CreateStream, context: StatementContext): Promise<ResultSet> => {
  if (statement.sourceKind === 'VIEW') throw unsupported('CREATE STREAM … ON VIEW')
  const source = findObject(context, 'TABLE', statement.source, 'CREATE STREAM') as Relation
  requirePrivilege(context, 'SELECT', source)
  if (flagProperty(statement.properties, 'INSERT_ONLY') === true) throw unsupported('INSERT_ONLY streams')
  const initialRows = flagProperty(statement.properties, 'SHOW_INITIAL_ROWS') === true
  return createInSchema<Stream>(context, {
    kind: 'STREAM',
    name: statement.name,
    mode: statement.mode,
    copyGrants: statement.copyGrants,
    noun: 'Stream',
    build: (schema, name) => {
      // Only the owner of a table may turn change tracking on; later anyone who can read it may make a stream.
      if (!source.changeTracking) requireOwnership(context, source)
      source.changeTracking = true
      const comment = textProperty(statement.properties, 'COMMENT')
      return {
        ...context.account.createSecurable('STREAM', name, { owner: creatingRole(context), parent: schema, comment }),
        source,
        appendOnly: flagProperty(statement.properties, 'APPEND_ONLY') === true,
        offset: initialRows ? -1 : startOf(statement, context),
        offsetTimeMs: context.account.clock.now()
      }
    }
  })
}

const startOf = ({ start }: CreateStream, context: StatementContext): number =>
  start === undefined ? context.engine.readVersion(context.session) : versionAt(createCompiler(context), start)

export const createWarehouse = (statement: CreateWarehouse, context: StatementContext): ResultSet => {
  const { account, session } = context
  const [name = ''] = statement.name
  if (statement.name.length > 1) throw cannotBePerformed()
  requireGlobal(context, 'CREATE WAREHOUSE')
  const existing = account.warehouses.get(name)
  if (existing !== undefined) {
    if (statement.mode.ifNotExists)
      return statusResult(`${displayIdentifier(name)} already exists, statement succeeded.`)
    if (!statement.mode.orReplace) throw alreadyExists(displayIdentifier(name))
    requireOwnership(context, existing)
    dropObject(context, existing)
  }
  const warehouse: Warehouse = {
    ...account.createSecurable('WAREHOUSE', name, {
      owner: creatingRole(context),
      parent: account.securable,
      comment: textProperty(statement.properties, 'COMMENT')
    }),
    size: textProperty(statement.properties, 'WAREHOUSE_SIZE') ?? 'X-Small',
    suspended: flagProperty(statement.properties, 'INITIALLY_SUSPENDED') ?? false,
    properties: new Map(Array.from(statement.properties, ([key, value]) => [key, String(value)]))
  }
  account.warehouses.add(warehouse)
  session.warehouse = warehouse
  return statusResult(`Warehouse ${displayIdentifier(name)} successfully created.`)
}

export const createInert = (statement: CreateInert, context: StatementContext): ResultSet | Promise<ResultSet> => {
  const { account } = context
  const { objectKind, text } = statement
  if (objectKind !== 'INTEGRATION') {
    return createInSchema<Inert>(context, {
      kind: objectKind,
      name: statement.name,
      mode: statement.mode,
      noun: sentenceCase(objectKind),
      build: (schema, name) => ({
        ...account.createSecurable(objectKind, name, { owner: creatingRole(context), parent: schema }),
        text
      })
    })
  }
  const [name = ''] = statement.name
  requireGlobal(context, 'CREATE INTEGRATION')
  if (account.integrations.get(name) !== undefined && !statement.mode.orReplace)
    throw alreadyExists(displayIdentifier(name))
  account.integrations.add({
    ...account.createSecurable('INTEGRATION', name, { owner: creatingRole(context), parent: account.securable }),
    text
  })
  return statusResult(`Integration ${displayIdentifier(name)} successfully created.`)
}

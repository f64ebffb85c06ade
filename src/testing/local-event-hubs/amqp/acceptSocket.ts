/**
 * What this server needs of a rhea connection beyond what rhea makes of one. It reaches into rhea's insides, which its typings leave
 * out; the tests hold every one of these against the pinned version.
 */
import type { Socket } from 'node:net'
import type { Connection } from 'rhea'

/** Has the connection serve a socket that a server got, with all that follows below. */
export const acceptSocket = (connection: Connection, socket: Socket): void => {
  const internals = connection as unknown as ConnectionInternals
  keepMessagesRaw(internals)
  writeAllFields(internals)
  ignoreLateFrames(internals)
  answerAttachesFirst(internals)
  // rhea hears of a socket's end, but not of its destruction, and would leave its timers running.
  socket.once('close', () => internals.eof())
  internals.accept(socket)
}

/** Stands for message format 0 on the way through rhea. */
export const PLAIN_FORMAT = 0xfffffff0

/**
 * Has rhea hand over every message as bytes. It decodes messages of format 0 by itself, which would lose their types (an int
 * and a long look alike); any other format it passes on untouched.
 */
const keepMessagesRaw = (internals: ConnectionInternals): void => {
  const original = internals.on_transfer.bind(internals)
  internals.on_transfer = frame => {
    frame.performative.message_format ||= PLAIN_FORMAT
    original(frame)
  }
}

const BEGIN = 0x11
/** Links a session may have, as the service says. */
const HANDLE_MAX = 255

/** How many fields the performatives from open (0x10) to detach have. */
const fieldCounts: ReadonlyMap<number, number> = new Map([
  [0x10, 10],
  [0x11, 8],
  [0x12, 14],
  [0x13, 11],
  [0x14, 11],
  [0x15, 6],
  [0x16, 3]
])

/**
 * Has rhea write every field of a performative, also those at the end that are null. AMQP lets them be left out, as rhea does;
 * the service writes them, and its Python client counts on that.
 */
const writeAllFields = (internals: ConnectionInternals): void => {
  const original = internals._write_frame.bind(internals)
  internals._write_frame = (channel, performative, payload) => {
    if (performative !== undefined) complete(performative)
    original(channel, performative, payload)
  }
}

const complete = (performative: Performative): void => {
  const code = performative.constructor.descriptor?.numeric ?? 0
  if (code === BEGIN) performative.handle_max = HANDLE_MAX
  const fields = fieldCounts.get(code)
  if (fields !== undefined) performative.value.length = fields
}

/**
 * Has rhea ignore frames for a session that the peer has ended. A client may still settle what was on its way to it (rhea itself
 * does); for rhea's server that is a protocol error that ends the connection.
 */
const ignoreLateFrames = (internals: ConnectionInternals): void => {
  const ended = new Set<number>()
  const { on_begin: begin, on_end: end } = internals
  internals.on_begin = frame => {
    ended.delete(frame.channel)
    begin.call(internals, frame)
  }
  internals.on_end = frame => {
    end.call(internals, frame)
    ended.add(frame.channel)
  }
  for (const name of ['on_flow', 'on_transfer', 'on_disposition', 'on_detach'] as const) {
    const original = internals[name].bind(internals)
    internals[name] = frame => {
      if (!ended.has(frame.channel)) original(frame)
    }
  }
}

/**
 * Has rhea answer an attach before it looks at what follows. At the end of a turn it sends transfers first and answers afterwards: a client whose credit comes in the same breath as its attach (Qpid Proton's does)
 * would get events over a link that it does not have yet, and end the connection.
 */
const answerAttachesFirst = (internals: ConnectionInternals): void => {
  const original = internals.on_attach.bind(internals)
  internals.on_attach = frame => {
    original(frame)
    internals._process()
  }
}

interface Frame {
  readonly channel: number
  readonly performative: { message_format?: number | null }
}

interface Performative {
  readonly value: { length: number }
  readonly constructor: { readonly descriptor?: { readonly numeric: number } }
  handle_max?: number
}

interface ConnectionInternals {
  _write_frame: (channel?: number, performative?: Performative, payload?: Buffer) => void
  /** Writes what is due, and sends what may be sent. */
  _process: () => void
  on_begin: (frame: Frame) => void
  on_attach: (frame: Frame) => void
  on_end: (frame: Frame) => void
  on_flow: (frame: Frame) => void
  on_transfer: (frame: Frame) => void
  on_disposition: (frame: Frame) => void
  on_detach: (frame: Frame) => void
  readonly accept: (socket: Socket) => void
  readonly eof: () => void
}

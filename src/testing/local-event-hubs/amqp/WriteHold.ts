/**
 * When bytes go out on a connection.
 *
 * - Frames written in one turn of the event loop leave together: rhea writes each by itself, which costs a system call per event.
 * - Every read is answered by something. Clients leave TCP_NODELAY off, so that their small writes wait for the peer's
 *   acknowledgement, which the kernel delays by up to 40 ms unless there is data to carry it; an empty frame (a
 *   heartbeat, AMQP 1.0 part 2 section 2.4.5) is such data.
 */
import type { Socket } from 'node:net'

export interface WriteHold {
  /** Holds writes back until the end of this turn. */
  readonly hold: () => void
}

const emptyFrame = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0])

/** `isOpen`: whether the connection's open frames have been exchanged; before that no empty frame may be sent. */
export const createWriteHold = (socket: Socket, isOpen: () => boolean): WriteHold => {
  let held = false
  let read = false
  let before = 0

  const release = () => {
    held = false
    if (socket.destroyed) return
    if (read && isOpen() && socket.writable && socket.bytesWritten === before) socket.write(emptyFrame)
    read = false
    socket.uncork()
  }

  const hold = () => {
    if (held || socket.destroyed) return
    held = true
    before = socket.bytesWritten
    socket.cork()
    setImmediate(release)
  }

  socket.on('data', () => {
    hold()
    read = true
  })
  return { hold }
}

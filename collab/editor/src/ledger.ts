/**
 * What must outlive an editor that is taken off the page and put back while the connection stays.
 *
 * NiceGUI does that when a tab panel is switched or an event handler is added later. The server goes on
 * counting the frames of that connection, so the next editor must go on counting too; and edits that the
 * server has not confirmed must not go with the old one.
 */
import type { Socket } from './wire'

export interface Ledger {
  /** Document frames that this connection has sent. */
  sent: number
  /** What an earlier editor left here with edits that are not confirmed. */
  left: Left | null
}

export interface Left {
  /** The whole document; null when all that is not confirmed is kept on this device. */
  document: Uint8Array | null
  /** When that editor has let go of what it keeps on this device. */
  ended: Promise<void>
}

interface Book {
  connection: string | undefined
  ledgers: Map<number, Ledger>
}

const books = new WeakMap<Socket, Book>()

/** The ledger of an element. Its count starts at nothing with every new connection. */
export function ledgerOf(socket: Socket, element: number): Ledger {
  const book = books.get(socket) ?? { connection: socket.id, ledgers: new Map<number, Ledger>() }
  books.set(socket, book)
  if (book.connection !== socket.id) {
    book.connection = socket.id
    for (const ledger of book.ledgers.values()) ledger.sent = 0
  }
  const ledger = book.ledgers.get(element) ?? { sent: 0, left: null }
  book.ledgers.set(element, ledger)
  return ledger
}

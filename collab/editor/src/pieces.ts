/**
 * Large frames go in pieces, and the next piece when an earlier one has arrived. So the browser is never busy for
 * long, and the pings of the connection, which stand in the same queue, are answered in time on a slow line, too.
 */
import { toBase64 } from './base64'

/** A multiple of three, so that each piece is base64 of its own without padding: 64,000 characters. */
const PIECE_BYTES = 48_000
/** Pieces that may be under way: as many as arrive in this time, but these at most. */
const SOON_MS = 500
const MOST_UNDER_WAY = 16

/** Puts one piece into the socket; `arrived` is called when the other side has it, or never. */
export type Emit = (piece: string, more: boolean, arrived?: () => void) => void

/** Frames of one connection, sent in order. */
export class Outgoing {
  private readonly waiting: Uint8Array[] = []
  /** How much of the first one is sent. */
  private sent = 0
  private underWay = 0
  private mostUnderWay = 2

  constructor(private readonly emit: Emit) {}

  send(frame: Uint8Array): void {
    if (this.waiting.length === 0 && frame.length <= PIECE_BYTES) return this.emit(toBase64(frame), false)
    this.waiting.push(frame)
    this.goOn()
  }

  /** Sends all that waits, at once: the next who speaks on this connection must not be taken for a part of it. */
  finish(): void {
    while (this.waiting.length > 0) this.next()
  }

  /** Forgets what waits: the connection is gone. */
  stop(): void {
    this.waiting.length = 0
  }

  private goOn(): void {
    while (this.waiting.length > 0 && this.underWay < this.mostUnderWay) {
      const start = performance.now()
      this.underWay += 1
      this.next(() => this.arrived(performance.now() - start))
    }
  }

  private arrived(took: number): void {
    this.underWay -= 1
    const most = took < SOON_MS ? this.mostUnderWay + 1 : this.mostUnderWay >> 1
    this.mostUnderWay = Math.max(1, Math.min(most, MOST_UNDER_WAY))
    this.goOn()
  }

  private next(arrived?: () => void): void {
    const [frame] = this.waiting
    if (!frame) return
    const from = this.sent
    this.sent += PIECE_BYTES
    const more = this.sent < frame.length
    if (!more) {
      this.waiting.shift()
      this.sent = 0
    }
    this.emit(toBase64(frame.subarray(from, from + PIECE_BYTES)), more, arrived)
  }
}

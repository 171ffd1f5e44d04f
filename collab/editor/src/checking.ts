/** Asks the server, when nobody types, whether this page shows what the server holds. */
import * as Y from 'yjs'

import { digestOf } from './digest'
import { type Frame, encodeCheck } from './protocol'

export interface CheckerPart {
  /** All is saved and has been heard of: nothing is on its way. */
  settled(): boolean
  send(frame: Uint8Array): void
  /** This page is wrong, and nothing typed on it is unsaved: throw the replica away. */
  renew(): void
}

/** So long nobody types before it is worth comparing; all pages of a document do not ask at once. */
const REST_MS = 2_000
const SPREAD_MS = 1_000
/** Least time between two questions, and times as long as the last one took to work out. */
const PAUSE_MS = 3_000
const PAUSE_PER_WORK = 100
/** The server does not answer while something is on its way to us. */
const AGAIN_MS = 30_000

export class Checker {
  private seen = 0
  private version = 0
  private asked = -1
  private agreed = -1
  private wrong = false
  private next = 0
  private timer = 0

  constructor(
    private readonly doc: Y.Doc,
    private readonly text: Y.Text,
    private readonly part: CheckerPart,
  ) {
    doc.on('update', this.changed)
  }

  /** Counts what the server sends, and takes in its verdict. */
  heard(frame: Frame): void {
    if (frame.kind === 'step2') {
      this.seen = 1
      this.changed()
    } else if (frame.kind === 'update') {
      this.seen += 1
    } else if (frame.kind === 'same') {
      this.agreed = this.asked
    } else if (frame.kind === 'renew') {
      this.wrong = true
      this.wake(0)
    }
  }

  destroy(): void {
    window.clearTimeout(this.timer)
    this.doc.off('update', this.changed)
  }

  private readonly changed = (): void => {
    this.version += 1
    this.wake(REST_MS + Math.random() * SPREAD_MS)
  }

  private wake(delay: number): void {
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.check(), delay)
  }

  private async check(): Promise<void> {
    if (!this.part.settled()) return this.wake(REST_MS)
    if (this.wrong) return this.part.renew()
    if (this.agreed === this.version) return
    const start = performance.now()
    if (start < this.next) return this.wake(this.next - start)
    const version = this.version
    const unchanged = (): boolean => this.version === version && this.part.settled()
    const digest = await digestOf(Y.encodeStateVector(this.doc), this.text.toString(), unchanged)
    this.next = performance.now() + PAUSE_MS + PAUSE_PER_WORK * (performance.now() - start)
    if (!digest || !unchanged()) return // whatever changed wakes us again
    this.asked = version
    this.part.send(encodeCheck(this.seen, digest))
    this.wake(AGAIN_MS)
  }
}

/** Knows which of the unconfirmed edits are written down on this device, and what is to be written next. */
import type { Batch, Change } from './shelf'
import { type Unsaved, merge } from './unsaved'

/** Batches on the shelf before they are made one. */
const MERGE_AT = 200

/** Numbers are those of `unsaved`: from 1 in the order in which the edits were made. */
export class Notes {
  private pending: { number: number; update: Uint8Array }[] = []
  private stored = 0
  private dropped = 0
  private batches = 0
  /** The shelf lacks something: all that is unconfirmed is to be written anew. */
  private lacking = false

  constructor(private readonly unsaved: Unsaved) {}

  /** How many of the unconfirmed edits are on this device for sure. */
  get kept(): number {
    return Math.max(0, this.stored - this.unsaved.confirmed)
  }

  /** Something lies there that may not be needed any more. */
  get obsolete(): boolean {
    return this.stored > this.dropped
  }

  /** An edit was made; it is the last that `unsaved` has counted. */
  made(update: Uint8Array): void {
    this.pending.push({ number: this.unsaved.total, update })
  }

  /** What to write next; null when nothing is to be done. */
  next(): Change | null {
    const { confirmed, edits } = this.unsaved
    this.pending = this.pending.filter(({ number }) => number > confirmed)
    const last = this.pending.at(-1)
    if (edits > 0 && (this.lacking || (last && this.batches >= MERGE_AT))) return this.everything()
    if (last) {
      const updates: Batch[] = this.pending.map(({ update }) => ({ edits: 1, update }))
      return { put: { number: last.number, batch: merge(updates) }, drop: confirmed }
    }
    return confirmed > this.dropped && this.obsolete ? { drop: confirmed } : null
  }

  /** All that is unconfirmed as one batch, in place of all that lies there. */
  everything(): Change {
    const number = this.unsaved.total
    return { put: { number, batch: this.unsaved.all() }, drop: number - 1 }
  }

  /** This was written, and would survive a crash of the browser. */
  wrote({ put, drop }: Change): void {
    this.stored = Math.max(this.stored, put?.number ?? 0)
    this.dropped = Math.max(this.dropped, drop)
    this.pending = this.pending.filter(({ number }) => number > this.stored)
    if (put && drop === put.number - 1) {
      this.batches = 1
      this.lacking = false
    } else if (put) {
      this.batches += 1
    } else if (drop >= this.stored) {
      this.batches = 0
    }
  }

  /** What lies there cannot be trusted, or nothing could be written. */
  lack(): void {
    this.lacking = true
    this.pending = []
  }

  /** Nothing of ours lies there any more. */
  forget(): void {
    this.stored = 0
  }
}

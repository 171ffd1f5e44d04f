/** The edits made on this page that the server has not yet committed, so that none is ever forgotten. */
import * as Y from 'yjs'

import type { Batch } from './shelf'

/** An update of Yjs that says nothing: no items, no deletions. */
const NOTHING = new Uint8Array([0, 0])
/** Merging takes longer than in proportion to the number of updates, so it is done in between. */
const MERGE_AT = 100

interface SentBatch extends Batch {
  /** Which document frame of this connection carried it. */
  frame: number
}

/** Edits go from waiting to sent to forgotten, and from sent back to waiting when a connection breaks. */
export class Unsaved {
  /** How many edits there ever were; they are numbered from 1 in their order, and confirmed in it. */
  total = 0
  private waiting: Batch[] = []
  private sent: SentBatch[] = []

  constructor(private readonly doc: Y.Doc) {}

  /** How many edits the server has not confirmed. */
  get edits(): number {
    return count(this.waiting) + count(this.sent)
  }

  /** The number of the last edit that the server has confirmed, with all before it. */
  get confirmed(): number {
    return this.total - this.edits
  }

  /** All that is not confirmed. */
  all(): Batch {
    return merge([...this.sent, ...this.waiting])
  }

  /** Keeps edits that cannot be sent yet. */
  keep(update: Uint8Array, edits = 1): void {
    this.total += edits
    this.waiting.push({ edits, update })
    if (this.waiting.length >= MERGE_AT) this.waiting = [merge(this.waiting)]
  }

  /** Notes that document frame number `frame` carried these edits. */
  noteSent(frame: number, update: Uint8Array, edits = 1): void {
    this.total += edits
    this.sent.push({ frame, edits, update })
  }

  /** Everything that a server with this state vector lacks, to be sent as document frame number `frame`. */
  answer(vector: Uint8Array, frame: number): Uint8Array {
    const all = this.all()
    this.waiting = []
    this.sent = [{ frame, ...all }]
    return this.difference(vector, all.update)
  }

  /** The first `frames` document frames of this connection are in the database. */
  confirm(frames: number): void {
    this.sent = this.sent.filter((batch) => batch.frame > frames)
  }

  /** The connection is gone, and with it what was under way. */
  takeBack(): void {
    const all = this.all()
    this.sent = []
    this.waiting = all.edits > 0 ? [all] : []
  }

  /** The document's own difference carries every deletion ever made in it; ours alone is often shorter. */
  private difference(vector: Uint8Array, ours: Uint8Array): Uint8Array {
    const enough = covers(ours, this.doc, Y.decodeStateVector(vector))
    if (enough && ours === NOTHING) return NOTHING
    const whole = Y.encodeStateAsUpdate(this.doc, vector)
    const part = Y.diffUpdate(ours, vector)
    return enough && part.length < whole.length ? part : whole
  }
}

function count(batches: readonly Batch[]): number {
  let edits = 0
  for (const batch of batches) edits += batch.edits
  return edits
}

/** Several batches as one. */
export function merge(batches: readonly Batch[]): Batch {
  const updates = batches.filter((batch) => batch.edits > 0).map((batch) => batch.update)
  const [first = NOTHING] = updates
  return { edits: count(batches), update: updates.length > 1 ? Y.mergeUpdates(updates) : first }
}

/** Whether `update` holds all items of the document that a server which knows `known` lacks. */
function covers(update: Uint8Array, doc: Y.Doc, known: Map<number, number>): boolean {
  const { from, to } = Y.parseUpdateMeta(update)
  for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(doc))) {
    const have = known.get(client) ?? 0
    if (have >= clock) continue
    if ((from.get(client) ?? Infinity) > have || (to.get(client) ?? 0) < clock) return false
  }
  return true
}

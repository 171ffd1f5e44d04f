/** A text at hand, in which runs of another replica are put down at the letters they stood at. */
import * as Y from 'yjs'

/** Letters of one client there, from `from` up to `to`, and where they are here. */
interface Piece {
  from: number
  to: number
  client: number
  at: number
}

/** Between which letters something is to stand. */
export interface Spot {
  left: Y.Item | null
  right: Y.Item | null
  parent: Y.Item['parent']
}

/**
 * A scratch document; all that is put down in it is by one new client.
 *
 * Nothing in it parts an emoji: whoever wrote the runs named whole characters only (see characters.ts).
 */
export class Sheet {
  readonly doc = new Y.Doc()
  /** By client there: its letters that are here, ascending. */
  private readonly pieces = new Map<number, Piece[]>()
  private readonly known: Map<number, number>

  constructor(state?: Uint8Array) {
    if (state) Y.applyUpdate(this.doc, state)
    this.known = Y.decodeStateVector(Y.encodeStateVector(this.doc))
    for (const [client, to] of this.known) this.pieces.set(client, [{ from: 0, to, client, at: 0 }])
  }

  /** How many letters of a client were here from the beginning. */
  knownOf(client: number): number {
    return this.known.get(client) ?? 0
  }

  /** Whether this letter is here, from the beginning or put down. */
  has(id: Y.ID | null): boolean {
    return id !== null && this.here(id) !== null
  }

  /** Just behind a letter; null when that letter has no place here. */
  after(tr: Y.Transaction, id: Y.ID | null): Spot | null {
    const here = id && this.here(id)
    if (!here) return null
    const left: unknown = Y.getItemCleanEnd(tr, this.doc.store, here)
    return left instanceof Y.Item ? { left, right: left.right, parent: left.parent } : null
  }

  /** Just before a letter; null when that letter has no place here. */
  before(tr: Y.Transaction, id: Y.ID | null): Spot | null {
    const here = id && this.here(id)
    if (!here) return null
    const right: unknown = Y.getItemCleanStart(tr, here)
    return right instanceof Y.Item ? { left: right.left, right, parent: right.parent } : null
  }

  /** At the beginning of one of the texts here. */
  start(name: string): Spot {
    const parent = this.doc.getText(name)
    return { left: null, right: parent._start, parent }
  }

  /** Puts down what is letters `id` and following there, exactly as if it were typed here and now. */
  put(tr: Y.Transaction, { left, right, parent }: Spot, id: Y.ID, content: Y.ContentString | Y.ContentDeleted): void {
    const at = Y.getState(this.doc.store, this.doc.clientID)
    const own = Y.createID(this.doc.clientID, at)
    new Y.Item(own, left, left && left.lastId, right, right && right.id, parent, null, content).integrate(tr, 0)
    const pieces = this.pieces.get(id.client) ?? []
    this.pieces.set(id.client, pieces)
    const to = id.clock + content.getLength()
    const last = pieces.at(-1)
    if (last?.client === own.client && last.to === id.clock && last.at + last.to - last.from === at) last.to = to
    else pieces.push({ from: id.clock, to, client: own.client, at })
  }

  /** Deletes those of a client's letters that are here. */
  delete(tr: Y.Transaction, client: number, from: number, to: number): void {
    for (const piece of this.pieces.get(client) ?? []) {
      const [start, end] = [Math.max(from, piece.from), Math.min(to, piece.to)]
      const moved = piece.at - piece.from
      if (start < end) this.deleteHere(tr, piece.client, start + moved, end + moved)
    }
  }

  private deleteHere(tr: Y.Transaction, client: number, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const item = Y.getItemCleanStart(tr, Y.createID(client, at))
      if (item.id.clock + item.length > to) Y.getItemCleanEnd(tr, this.doc.store, Y.createID(client, to - 1))
      if (item instanceof Y.Item && !item.deleted) item.delete(tr)
      at = item.id.clock + item.length
    }
  }

  private here({ client, clock }: Y.ID): Y.ID | null {
    const pieces = this.pieces.get(client) ?? []
    let [low, high] = [0, pieces.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (pieces[middle]!.to <= clock) low = middle + 1
      else high = middle
    }
    const piece = pieces[low]
    return piece && piece.from <= clock ? Y.createID(piece.client, piece.at + clock - piece.from) : null
  }
}

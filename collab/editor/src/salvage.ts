/** Brings into the text what earlier pages could not send and what nobody can merge as it is. */
import type { Doc } from 'yjs'

import { ifDead, newReplica } from './living'
import { rebase } from './rebase'
import type { PutBack } from './remains'
import type { Exchange, Kept, Lot, Shelf } from './shelf'
import { merge } from './unsaved'

/** Origin of edits that an earlier page left and that come into the text as if they were made just now. */
export const PUT_BACK = Symbol('put back')

export interface SalvageListener {
  /** The text of the server is here, all that is in it is stored there, and we may edit. */
  may(): boolean
  /** New edits lie in this lot; they are to be made ours, as if they were made just now. */
  take(lot: Lot): Promise<void>
  /** It has looked, and this is what came back into the text, if anything; something may remain. */
  done(putBack: PutBack | null): void
}

/**
 * Edits of another epoch, or of another person in this browser, become new edits and take the place of the old
 * ones on the shelf in one transaction; only then are they shown and sent. So a crash leaves either the old ones,
 * which are rebased once more, or the new ones, which Yjs knows again however often they are sent.
 */
export class Salvage {
  /** What earlier pages left has been looked for. */
  looked = false
  private wanted = true
  private working = false

  constructor(
    private readonly shelf: Shelf,
    private readonly doc: Doc,
    private readonly listener: SalvageListener,
  ) {}

  /** Other pages may have ended since. */
  ask(): void {
    this.wanted = true
    this.mayBegin()
  }

  /** To be called whenever it may have become possible to begin. */
  mayBegin(): void {
    if (!this.wanted || this.working || !this.listener.may()) return
    this.wanted = false
    this.working = true
    void this.work()
  }

  private async work(): Promise<void> {
    let putBack: PutBack | null = null
    for (const lot of await this.shelf.others().catch(() => [])) {
      try {
        await ifDead(lot.replica, async () => {
          putBack = add(putBack, await this.putBack(lot))
        })
      } catch (error) {
        console.warn('Collab: edits of an earlier page could not be put back. They stay where they are.', error)
      }
    }
    this.working = false
    this.looked = !this.wanted || this.looked
    this.listener.done(putBack)
  }

  private async putBack(lot: Lot): Promise<PutBack | null> {
    const replica = newReplica()
    let putBack: PutBack | null = null
    // Nobody else takes over the new edits before this page has them in its history of what can be undone.
    await ifDead(replica, async () => {
      await this.shelf.replace(lot, (kept) => {
        const exchange = this.exchange(lot, kept, replica)
        const { batch, undeleted } = exchange ?? {}
        const why = lot.epoch === this.shelf.epoch ? 'person' : 'restored'
        if (batch) putBack = { edits: batch.edits, why, undeleted: false }
        else if (undeleted) putBack = { edits: 0, why: 'other', undeleted }
        return exchange
      })
      if (putBack?.edits) await this.listener.take({ epoch: this.shelf.epoch, replica })
    })
    return putBack
  }

  /** Called within the transaction. Null leaves everything as it is. */
  private exchange({ epoch }: Lot, kept: Kept[], replica: string): (Exchange & { undeleted: boolean }) | null {
    if (this.shelf.isOurs(epoch, kept)) return null
    // Only what the server has may be built on: it must not matter whether this page lives on.
    if (!this.listener.may()) {
      this.wanted = true
      return null
    }
    const { edits, update } = merge(kept)
    const rebased = rebase(this.doc, update, epoch === this.shelf.epoch)
    return {
      replica,
      batch: rebased.update && { edits, update: rebased.update },
      undeleted: rebased.undeleted,
      remains: rebased.left ? { why: rebased.shared ? 'restored' : 'other', text: rebased.left } : null,
    }
  }
}

function add(one: PutBack | null, other: PutBack | null): PutBack | null {
  if (!one || !other) return one ?? other
  const [undeleted, { why }] = [one.undeleted || other.undeleted, one.undeleted ? one : other]
  return { edits: one.edits + other.edits, why, undeleted }
}

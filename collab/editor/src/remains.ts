/** What of this person's edits nobody can merge any more, kept until they have decided what becomes of it. */
import { type Database, REMAINS, within } from './database'
import { textOf } from './rebase'

/**
 * Why: the document was restored from a backup; it has nothing in common with what was edited, as it was put in
 * order or made anew; the server refused the edits.
 */
export type Reason = 'restored' | 'other' | 'refused'

/** As it lies there; a refused batch is kept as it was sent. */
export type Remains = { why: Reason; text: string } | { update: Uint8Array }

/** What was put back into the text just now, if anything, and what could not be. */
export interface PutBack {
  edits: number
  why: 'restored' | 'person' | 'other'
  /** Text that was deleted may be there again. */
  undeleted: boolean
}

/** What is offered to the person. */
export interface Offer {
  putBack: PutBack | null
  why: Reason | null
  /** All that remains, as text; empty when nothing does. */
  text: string
  /** Under which it lies. */
  keys: IDBValidKey[]
}

const NOTHING: Offer = { putBack: null, why: null, text: '', keys: [] }

/** Knows what there is, and removes it when it is taken care of. */
export class RemainsBoard {
  offer: Offer = NOTHING
  private putBack: PutBack | null = null

  constructor(
    private readonly database: Database,
    private readonly document: string,
    private readonly tell: (offer: Offer) => void,
  ) {}

  /** Looks again: other pages may have added something, or taken care of it. Says what was put back, too. */
  async look(putBack = this.putBack): Promise<void> {
    this.putBack = putBack
    const found: [IDBValidKey, Remains][] = []
    try {
      await this.database.read(REMAINS, (store) => {
        const walk = store.openCursor(within([this.document]))
        walk.onsuccess = () => {
          if (!walk.result) return
          found.push([walk.result.key, walk.result.value as Remains])
          walk.result.continue()
        }
        return walk
      })
    } catch {
      return this.post({ ...this.offer, putBack: this.putBack }) // what cannot be looked at may still be there
    }
    this.show(found)
  }

  /** The person has seen what was put back. */
  seen(): void {
    this.putBack = null
    this.post({ ...this.offer, putBack: null })
  }

  /** Takes away what was offered: it is safe elsewhere, or not wanted. Rejects if that could not be stored. */
  async remove({ keys }: Offer): Promise<void> {
    await this.database.write([REMAINS], (store) => keys.forEach((key) => store(REMAINS).delete(key)))
    await this.look()
  }

  private show(found: readonly [IDBValidKey, Remains][]): void {
    const text = found.map(([, one]) => ('text' in one ? one.text : textOf(one.update))).filter(Boolean).join('\n')
    const [first] = found.map(([, one]) => ('why' in one ? one.why : 'refused'))
    this.post({ putBack: this.putBack, why: (text && first) || null, text, keys: found.map(([key]) => key) })
  }

  private post(offer: Offer): void {
    if (JSON.stringify(offer) === JSON.stringify(this.offer)) return
    this.offer = Object.freeze(offer) // or Vue would wrap its keys in what no database understands
    this.tell(offer)
  }
}

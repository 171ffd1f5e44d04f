/**
 * The shelf on this device where edits lie until the server has them: a small log in IndexedDB.
 *
 * Not y-indexeddb, which keeps a second copy of every document anyone ever opened here, for ever, and reads all
 * of it at every opening: a confirmed edit is safe in the server's database, and without the server there is no
 * page to show it on. So only what is not confirmed lies here, mostly nothing at all.
 *
 * A batch lies under [document, epoch, replica, number of its last edit]. A replica is one editor on one page.
 */
import { type Database, EDITS, REMAINS, within } from './database'
import type { Remains } from './remains'

/** Some edits, as one update of Yjs. */
export interface Batch {
  edits: number
  update: Uint8Array
}

/** A batch as it lies on the shelf. */
export interface Kept extends Batch {
  /** The person whose page it was; unknown if it was written down before authors were. */
  author?: string
}

/** What to change, all of it or nothing. */
export interface Change {
  /** A batch to lay down; its number is that of its last edit. */
  put?: { number: number; batch: Batch } | undefined
  /** Own batches up to this number, itself included, are not needed any more. */
  drop: number
}

/** What is to lie there in place of a lot: a batch of a new replica, and what remains for its author to decide. */
export interface Exchange {
  replica: string
  batch: Batch | null
  remains: Remains | null
}

/** All that one replica left. */
export interface Lot {
  epoch: string
  replica: string
}

export interface ShelfOptions {
  document: string
  epoch: string
  replica: string
  author: string
}

type Key = [document: string, epoch: string, replica: string, number: number]

/** What one replica of one document has on the shelf, and what others left there. */
export class Shelf {
  readonly replica: string
  readonly epoch: string
  private readonly document: string
  private readonly author: string

  constructor(
    private readonly database: Database,
    { document, epoch, replica, author }: ShelfOptions,
  ) {
    this.document = document
    this.epoch = epoch
    this.replica = replica
    this.author = author
  }

  /** The other replicas of this document that have something here, in whatever epoch, whether they live or not. */
  async others(): Promise<Lot[]> {
    const keys = await this.database.read(EDITS, (store) => store.getAllKeys(within([this.document])))
    const lots = new Map((keys as Key[]).map(([, epoch, replica]) => [replica, { epoch, replica }]))
    lots.delete(this.replica)
    return [...lots.values()]
  }

  /** Whether it may be sent as it is: the server takes it from the person who wrote it, in the life it belongs to. */
  isOurs(epoch: string, kept: readonly Kept[]): boolean {
    return epoch === this.epoch && kept.every(({ author = this.author }) => author === this.author)
  }

  /** Resolves when it is done and would survive a crash of the browser. */
  write(change: Change): Promise<void> {
    return this.database.write([EDITS], (store) => this.apply(store(EDITS), change))
  }

  /** Makes the batches of another replica ours: `taken` gets them and says what to write in their place, if so. */
  take(lot: Lot, taken: (kept: Kept[]) => Change | null): Promise<void> {
    return this.database.exchange([EDITS], (store) => {
      this.whatLies(store(EDITS), lot, (kept, remove) => {
        const change = taken(kept)
        if (change) this.apply(remove(), change)
      })
    })
  }

  /** Puts something else in the place of another replica's batches: `made` gets them and says what, if anything. */
  replace(lot: Lot, made: (kept: Kept[]) => Exchange | null): Promise<void> {
    return this.database.exchange([EDITS, REMAINS], (store) => {
      this.whatLies(store(EDITS), lot, (kept, remove) => {
        const exchange = made(kept)
        if (!exchange) return
        const { replica, batch, remains } = exchange
        const edits = remove()
        if (batch) edits.put(this.signed(batch), this.key(batch.edits, replica))
        if (remains) store(REMAINS).put(remains, this.key(0, replica))
      })
    })
  }

  /** Puts what is ours where nobody sends it from: the server refused it and would again. */
  setAside(batch: Batch | null): Promise<void> {
    return this.database.write([EDITS, REMAINS], (store) => {
      if (batch) store(REMAINS).put(this.signed(batch), this.key(0))
      store(EDITS).delete(within([this.document, this.epoch, this.replica]))
    })
  }

  private whatLies(
    store: IDBObjectStore,
    { epoch, replica }: Lot,
    tell: (kept: Kept[], remove: () => IDBObjectStore) => void,
  ): void {
    const theirs = within([this.document, epoch, replica])
    const asked = store.getAll(theirs)
    asked.onsuccess = () => {
      const kept = asked.result as Kept[]
      try {
        if (kept.length > 0) tell(kept, () => (store.delete(theirs), store))
      } catch (error) {
        console.error('Collab: edits on this device could not be read.', error)
        store.transaction.abort()
      }
    }
  }

  private apply(store: IDBObjectStore, { put, drop }: Change): void {
    store.delete(IDBKeyRange.bound(this.key(0), this.key(drop)))
    if (put) store.put(this.signed(put.batch), this.key(put.number))
  }

  private signed(batch: Batch): Kept {
    return { ...batch, author: this.author }
  }

  private key(number: number, replica = this.replica): Key {
    return [this.document, this.epoch, replica, number]
  }
}

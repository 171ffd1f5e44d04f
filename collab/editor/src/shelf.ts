/**
 * The shelf on this device where edits lie until the server has them: a small log in IndexedDB.
 *
 * Not y-indexeddb, which keeps a second copy of every document anyone ever opened here, for ever, and reads all
 * of it at every opening: a confirmed edit is safe in the server's database, and without the server there is no
 * page to show it on. So only what is not confirmed lies here, mostly nothing at all.
 *
 * A batch lies under [document, epoch, replica, number of its last edit]. A replica is one editor on one page.
 */

/** Some edits, as one update of Yjs. */
export interface Batch {
  edits: number
  update: Uint8Array
}

/** What to change, all of it or nothing. */
export interface Change {
  /** A batch to lay down; its number is that of its last edit. */
  put?: { number: number; batch: Batch } | undefined
  /** Own batches up to this number, itself included, are not needed any more. */
  drop: number
}

type Key = [document: string, epoch: string, replica: string, number: number]

const NAME = 'collab'
const EDITS = 'edits'
/** Edits that the server would not take. Nobody sends them again; they are not thrown away either. */
const REFUSED = 'refused'

/** What one replica of one document has on the shelf, and what others left there. */
export class Shelf {
  private opening: Promise<IDBDatabase> | null = null

  constructor(
    private readonly document: string,
    private readonly epoch: string,
    readonly replica: string,
    /** The database has gone, and all that lay there: somebody cleared what this site keeps. */
    private readonly lost: () => void,
  ) {}

  /** The other replicas of this document that have something here, whether they still live or not. */
  async others(): Promise<string[]> {
    let keys: IDBValidKey[] = []
    await this.transact([EDITS], 'readonly', (store) => {
      const asked = store(EDITS).getAllKeys(within([this.document, this.epoch]))
      asked.onsuccess = () => (keys = asked.result)
    })
    const replicas = new Set((keys as Key[]).map(([, , replica]) => replica))
    replicas.delete(this.replica)
    return [...replicas]
  }

  /** Resolves when it is done and would survive a crash of the browser. */
  write(change: Change): Promise<void> {
    return this.transact([EDITS], 'readwrite', (store) => this.apply(store(EDITS), change))
  }

  /** Makes the batches of another replica ours: `taken` gets them and says what to write in their place. */
  take(replica: string, taken: (batches: Batch[]) => Change): Promise<void> {
    return this.transact([EDITS], 'readwrite', (store) => {
      const theirs = within([this.document, this.epoch, replica])
      const asked = store(EDITS).getAll(theirs)
      asked.onsuccess = () => {
        if (asked.result.length > 0) this.apply(store(EDITS), taken(asked.result as Batch[]))
        store(EDITS).delete(theirs)
      }
    })
  }

  /** Puts all that is ours where nobody sends it from: the server refused it and would again. */
  setAside(batch: Batch): Promise<void> {
    return this.transact([EDITS, REFUSED], 'readwrite', (store) => {
      store(REFUSED).put(batch, this.key(0))
      store(EDITS).delete(within([this.document, this.epoch, this.replica]))
    })
  }

  async close(): Promise<void> {
    const opening = this.opening
    this.opening = null
    await opening?.then((database) => database.close()).catch(() => undefined)
  }

  private apply(store: IDBObjectStore, { put, drop }: Change): void {
    store.delete(IDBKeyRange.bound(this.key(0), this.key(drop)))
    if (put) store.put(put.batch, this.key(put.number))
  }

  private key(number: number): Key {
    return [this.document, this.epoch, this.replica, number]
  }

  private async transact(
    names: string[],
    mode: IDBTransactionMode,
    work: (store: (name: string) => IDBObjectStore) => void,
  ): Promise<void> {
    const database = await (this.opening ??= this.open())
    const transaction = database.transaction(names, mode, { durability: 'relaxed' })
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'))
    })
    work((name) => transaction.objectStore(name))
    return done
  }

  private async open(): Promise<IDBDatabase> {
    try {
      const database = await openDatabase()
      const gone = (): void => {
        this.opening = null
        database.close()
        this.lost()
      }
      database.onclose = database.onversionchange = gone
      return database
    } catch (error) {
      this.opening = null
      throw error
    }
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = window.indexedDB.open(NAME, 1)
    request.onupgradeneeded = () => {
      for (const name of [EDITS, REFUSED]) request.result.createObjectStore(name)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('There is no database.'))
  })
}

/** All keys that begin like this; an array sorts behind every number and string. */
function within(beginning: string[]): IDBKeyRange {
  return IDBKeyRange.bound(beginning, [...beginning, []])
}

/** The database on this device, in which edits lie that are not on the server. */

const NAME = 'collab'
/** Edits that are to be sent: batches under [document, epoch, replica, number]. */
export const EDITS = 'edits'
/** What nobody sends any more, until its author has decided what becomes of it. */
export const REMAINS = 'refused'

export type Stores = (name: string) => IDBObjectStore

/** Opened when it is needed, and again when it was taken away. */
export class Database {
  private opening: Promise<IDBDatabase> | null = null

  /** `lost` hears that all that lay there has gone: somebody cleared what this site keeps. */
  constructor(private readonly lost: () => void) {}

  /** What `ask` asks for in one transaction. */
  async read<T>(name: string, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    let request: IDBRequest<T> | undefined
    await this.transact([name], 'readonly', 'relaxed', (store) => (request = ask(store(name))))
    return request!.result
  }

  /** Writes what is asked for at once, all or nothing; it is on its way even if the page ends in this moment. */
  write(names: string[], work: (store: Stores) => void): Promise<void> {
    return this.transact(names, 'readwrite', 'relaxed', (store, transaction) => {
      work(store)
      transaction.commit()
    })
  }

  /** Reads and writes, all or nothing. Resolves when even a crash of the machine changes nothing any more. */
  exchange(names: string[], work: (store: Stores) => void): Promise<void> {
    return this.transact(names, 'readwrite', 'strict', work)
  }

  async close(): Promise<void> {
    const opening = this.opening
    this.opening = null
    await opening?.then((database) => database.close()).catch(() => undefined)
  }

  private async transact(
    names: string[],
    mode: IDBTransactionMode,
    durability: IDBTransactionDurability,
    work: (store: Stores, transaction: IDBTransaction) => void,
  ): Promise<void> {
    const database = await (this.opening ??= this.open())
    const transaction = database.transaction(names, mode, { durability })
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted.'))
    })
    try {
      work((name) => transaction.objectStore(name), transaction)
    } catch (error) {
      transaction.abort()
      done.catch(() => undefined)
      throw error
    }
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
      for (const name of [EDITS, REMAINS]) request.result.createObjectStore(name)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('There is no database.'))
  })
}

/** All keys that begin like this; an array sorts behind every number and string. */
export function within(beginning: string[]): IDBKeyRange {
  return IDBKeyRange.bound(beginning, [...beginning, []])
}

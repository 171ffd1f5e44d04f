/** Keeps every edit on this device until the server has it, and brings back what earlier pages left. */
import { ifDead, live, newReplica } from './living'
import { type Batch, type Change, Shelf } from './shelf'
import { type Unsaved, merge } from './unsaved'

export interface KeeperListener {
  /** Edits that an earlier page could not send are this page's now. */
  adopt(batch: Batch): void
  /** What is kept has changed. */
  changed(): void
}

/** While the server answers, most edits are confirmed sooner than this and need not be written at all. */
const CALM_MS = 50
/** Some browsers never answer when their storage is broken. */
const PATIENCE_MS = 5_000
const RETRY_MS = 2_000
/** Batches on the shelf before they are made one. */
const MERGE_AT = 200

export class Keeper {
  /** Edits can be kept here, as far as we know. */
  working = true
  /** What earlier pages left has been looked for. */
  ready = false

  private readonly shelf: Shelf
  private readonly adopted = new Set<string>()
  private pending: { number: number; update: Uint8Array }[] = []
  private stored = 0
  private dropped = 0
  private batches = 0
  /** The shelf lacks something: all that is unconfirmed is to be written anew. */
  private lacking = false
  private turn: Promise<void> | null = null
  private over = false
  private timer = 0
  private letGo: () => void = () => undefined

  constructor(
    document: string,
    epoch: string,
    private readonly unsaved: Unsaved,
    private readonly listener: KeeperListener,
  ) {
    this.shelf = new Shelf(document, epoch, newReplica(), () => this.fail('The database was taken away.'))
  }

  /** How many of the unconfirmed edits are on this device for sure. */
  get kept(): number {
    return Math.max(0, this.stored - this.unsaved.confirmed)
  }

  /** Begins; `adopt` says whether to take over what earlier pages left. */
  async start(adopt: boolean): Promise<void> {
    const patience = window.setTimeout(() => this.fail('The database does not answer.'), PATIENCE_MS)
    this.letGo = await live(this.shelf.replica)
    if (this.over) return this.letGo()
    if (adopt) await this.adopt()
    window.clearTimeout(patience)
    this.ready = true
    this.listener.changed()
    this.flush()
  }

  /** Takes over what pages left that live no more. */
  async adopt(): Promise<void> {
    try {
      for (const replica of await this.shelf.others()) {
        if (!this.adopted.has(replica) && !this.over) await ifDead(replica, () => this.take(replica))
      }
      this.working = true
    } catch (error) {
      this.fail(error)
    }
  }

  /** An edit was made; it is the last that `unsaved` has counted. Urgent ones do not wait for the server. */
  made(update: Uint8Array, urgent: boolean): void {
    this.pending.push({ number: this.unsaved.total, update })
    if (urgent && this.working) this.flush()
    else this.wake(this.working ? CALM_MS : RETRY_MS)
  }

  /** The server has confirmed something. */
  confirmed(): void {
    if (this.stored > this.dropped) this.wake(CALM_MS)
  }

  /** Writes at once what is not written yet. */
  flush(): void {
    if (this.ready && !this.over) void this.work()
  }

  /** The server refused what we have: it must not be sent again by every page that comes. */
  setAside(): void {
    if (this.over) return
    this.over = true
    this.stored = 0
    this.shelf.setAside(this.unsaved.all()).catch((error: unknown) => this.fail(error))
  }

  /** Writes what is left and lets others take it over. */
  async end(): Promise<void> {
    if (this.ready && !this.over) await this.work()
    this.over = true
    window.clearTimeout(this.timer)
    await this.shelf.close()
    this.letGo()
  }

  private async take(replica: string): Promise<void> {
    this.adopted.add(replica)
    let change: Change = { drop: 0 }
    await this.shelf.take(replica, (batches) => {
      this.listener.adopt(merge(batches))
      return (change = this.everything())
    })
    this.wrote(change)
  }

  private wake(delay: number): void {
    if (!this.over) this.timer ||= window.setTimeout(() => this.flush(), delay)
  }

  private work(): Promise<void> {
    window.clearTimeout(this.timer)
    this.timer = 0
    return (this.turn ??= this.writeAll().finally(() => (this.turn = null)))
  }

  /** One transaction after the other; what is typed meanwhile goes into the next. */
  private async writeAll(): Promise<void> {
    try {
      for (let change = this.next(); change && !this.over; change = this.next()) {
        await this.shelf.write(change)
        this.wrote(change)
      }
    } catch (error) {
      this.fail(error)
    }
  }

  private next(): Change | null {
    const { confirmed, edits } = this.unsaved
    this.pending = this.pending.filter(({ number }) => number > confirmed)
    const last = this.pending.at(-1)
    if (edits > 0 && (this.lacking || (last && this.batches >= MERGE_AT))) return this.everything()
    if (last) {
      const updates = this.pending.map(({ update }) => ({ edits: 1, update }))
      return { put: { number: last.number, batch: merge(updates) }, drop: confirmed }
    }
    return confirmed > this.dropped && this.stored > this.dropped ? { drop: confirmed } : null
  }

  /** All that is unconfirmed as one batch, in place of all that lies there. */
  private everything(): Change {
    const number = this.unsaved.total
    return { put: { number, batch: this.unsaved.all() }, drop: number - 1 }
  }

  private wrote({ put, drop }: Change): void {
    this.working = true
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
    this.listener.changed()
  }

  private fail(error: unknown): void {
    if (this.working) console.warn('Collab: edits cannot be kept on this device.', error)
    this.working = false
    this.ready = this.lacking = true
    this.pending = []
    this.wake(RETRY_MS)
    this.listener.changed()
  }
}

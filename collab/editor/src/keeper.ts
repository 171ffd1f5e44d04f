/** Keeps every edit on this device until the server has it, and brings back what earlier pages left. */
import { death, ifDead, live, living } from './living'
import { Notes } from './notes'
import { textOf } from './rebase'
import type { Batch, Change, Lot, Shelf } from './shelf'
import { type Unsaved, merge } from './unsaved'

export interface KeeperListener {
  /** Edits that an earlier page could not send are this page's now. */
  adopt(batch: Batch, putBack: boolean): void
  /** A page that lived when it was looked has ended: perhaps it left something. */
  ended(): void
  /** What is kept has changed. */
  changed(): void
}

/** While the server answers, most edits are confirmed sooner than this and need not be written at all. */
const CALM_MS = 50
/** Some browsers never answer when their storage is broken. */
const PATIENCE_MS = 5_000
const RETRY_MS = 2_000
/** What a page wrote when it ended may be there only a while after it let go of its lock. */
const LATE_MS = [500, 2_000, 8_000]

export class Keeper {
  /** Edits can be kept here, as far as we know. */
  working = true
  /** What earlier pages left has been looked for. */
  ready = false

  private readonly adopted = new Set<string>()
  private readonly awaited = new Set<string>()
  private readonly notes: Notes
  private turn: Promise<void> | null = null
  private over = false
  private timer = 0
  private started: Promise<void> = Promise.resolve()
  private letGo: () => void = () => undefined

  constructor(
    private readonly shelf: Shelf,
    private readonly unsaved: Unsaved,
    private readonly listener: KeeperListener,
  ) {
    this.notes = new Notes(unsaved)
  }

  /** How many of the unconfirmed edits are on this device for sure. */
  get kept(): number {
    return this.notes.kept
  }

  /** Begins; `adopt` says whether to take over what earlier pages left. */
  start(adopt: boolean): Promise<void> {
    return (this.started = this.begin(adopt))
  }

  private async begin(adopt: boolean): Promise<void> {
    const patience = window.setTimeout(() => this.fail('The database does not answer.'), PATIENCE_MS)
    this.letGo = await live(this.shelf.replica)
    if (this.over) return this.letGo()
    if (adopt) await this.adopt()
    window.clearTimeout(patience)
    this.ready = true
    this.listener.changed()
    this.flush()
    for (const delay of LATE_MS) window.setTimeout(() => !this.over && this.listener.ended(), delay)
    for (const replica of await living()) this.await(replica) // one that is reloaded may have edits to write yet
  }

  /** Takes over what pages left that live no more. */
  async adopt(): Promise<void> {
    try {
      for (const lot of await this.shelf.others()) {
        const { epoch, replica } = lot
        if (epoch !== this.shelf.epoch || this.adopted.has(replica) || this.over) continue
        if (!(await ifDead(replica, () => this.take(lot, false)))) this.await(replica)
      }
      this.working = true
    } catch (error) {
      this.fail(error)
    }
  }

  /** Takes over what this page leaves when it lives no more. */
  private await(replica: string): void {
    if (this.awaited.has(replica) || replica === this.shelf.replica) return
    this.awaited.add(replica)
    const look = (): void => {
      this.awaited.delete(replica)
      if (!this.over) this.listener.ended()
    }
    void death(replica).then(look, look)
  }

  /** An edit was made; it is the last that `unsaved` has counted. Urgent ones do not wait for the server. */
  made(update: Uint8Array, urgent: boolean): void {
    this.notes.made(update)
    if (urgent && this.working) this.flush()
    else this.wake(this.working ? CALM_MS : RETRY_MS)
  }

  /** The server has confirmed something. */
  confirmed(): void {
    if (this.notes.obsolete) this.wake(CALM_MS)
  }

  /** Writes at once what is not written yet. */
  flush(): void {
    if (this.ready && !this.over) void this.work()
  }

  /** Writes all that is not confirmed; returns whether all of it is kept. */
  async keepAll(): Promise<boolean> {
    await this.started
    await this.work()
    return this.working && this.kept >= this.unsaved.edits
  }

  /** The page may end in this moment: does not wait for what is being written already. */
  rescue(): void {
    if (!this.ready || this.over) return
    if (!this.turn) return this.flush()
    const change = this.notes.next()
    if (change?.put) this.shelf.write(change).catch((error: unknown) => this.fail(error))
  }

  /** The server refused what we have: it must not be sent again by every page that comes. */
  async setAside(): Promise<void> {
    if (this.over) return
    this.over = true
    this.notes.forget()
    const all = this.unsaved.all()
    await this.shelf.setAside(textOf(all.update) ? all : null).catch((error: unknown) => this.fail(error))
  }

  /** Writes what is left and lets others take it over. */
  async end(): Promise<void> {
    if (this.ready && !this.over) await this.work()
    this.over = true
    window.clearTimeout(this.timer)
    this.letGo()
  }

  /** Takes over what a page left that lives no more, if it can be sent as it is; `putBack`: as edits made just now. */
  async take(lot: Lot, putBack: boolean): Promise<void> {
    let change: Change | null = null
    await this.shelf.take(lot, (kept) => {
      if (!this.shelf.isOurs(lot.epoch, kept)) return null
      this.listener.adopt(merge(kept), putBack)
      return (change = this.notes.everything())
    })
    this.adopted.add(lot.replica)
    if (!change) return
    this.wrote(change)
    this.confirmed() // perhaps the server was quicker than the disk
  }

  /** The database has gone: what lay there has to be written anew. */
  lost(): void {
    this.fail('The database was taken away.')
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
      for (let change = this.notes.next(); change && !this.over; change = this.notes.next()) {
        await this.shelf.write(change)
        this.wrote(change)
      }
    } catch (error) {
      this.fail(error)
    }
  }

  private wrote(change: Change): void {
    this.working = true
    this.notes.wrote(change)
    this.listener.changed()
  }

  private fail(error: unknown): void {
    if (this.working) console.warn('Collab: edits cannot be kept on this device.', error)
    this.working = false
    this.ready = true
    this.notes.lack()
    this.wake(RETRY_MS)
    this.listener.changed()
  }
}

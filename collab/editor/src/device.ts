/** All that a page keeps on this device, and what comes back from there. */
import type { UndoManager } from 'yjs'

import { loadAnew } from './anew'
import type { Connection } from './connection'
import { Database } from './database'
import { Keeper } from './keeper'
import { newReplica } from './living'
import { type Offer, type PutBack, RemainsBoard } from './remains'
import { Salvage } from './salvage'
import { type Batch, Shelf } from './shelf'

export interface DeviceOptions {
  /** What the document is called on this device; the epoch changes when it was restored or put in order. */
  document: string
  epoch: string
  /** Whose page it is; the server takes what others left only as new edits. */
  author: string
}

export interface DeviceListener {
  /** Something that the status is made of may have changed. */
  changed(): void
  /** Edits were put back, or remain for the person to decide. */
  offered(offer: Offer): void
}

/** Refusals that would meet the same edits again, whoever sent them. */
const HOPELESS = new Set(['update', 'foreign', 'too-large'])

export class Device {
  readonly keeper: Keeper
  readonly salvage: Salvage
  readonly remains: RemainsBoard
  /** This page may edit, and so send what earlier pages left. */
  adopts = false
  private readonly document: string
  private readonly database = new Database(() => this.keeper.lost())

  constructor(
    { document, epoch, author }: DeviceOptions,
    private readonly connection: Connection,
    private readonly undoManager: UndoManager,
    private readonly listener: DeviceListener,
  ) {
    this.document = document
    const shelf = new Shelf(this.database, { document, epoch, replica: newReplica(), author })
    this.keeper = new Keeper(shelf, connection.unsaved, {
      adopt: (batch, putBack) => this.takeOver(batch, putBack),
      ended: () => this.mayAdopt && void this.keeper.adopt(),
      changed: () => listener.changed(),
    })
    this.salvage = new Salvage(shelf, connection.doc, {
      may: () => this.mayAdopt && connection.settled,
      take: (lot) => this.keeper.take(lot, true),
      done: (putBack) => this.salvaged(putBack),
    })
    this.remains = new RemainsBoard(this.database, document, (offer) => listener.offered(offer))
  }

  start(adopts: boolean): void {
    this.adopts = adopts
    void this.keeper.start(adopts)
    void this.remains.look()
  }

  /** Other pages of this browser may have been closed since, or something may be possible that was not. */
  look(): void {
    if (this.mayAdopt) void this.keeper.adopt()
    this.salvage.ask()
    void this.remains.look()
  }

  /** The server takes nothing more from this page. */
  async refused(code: string): Promise<void> {
    if (code === 'restored' && (await this.keeper.keepAll())) loadAnew(this.document, 'restored')
    if (!HOPELESS.has(code)) return
    await this.keeper.setAside()
    await this.remains.look()
  }

  /** Resolves when other pages may take over what is left. */
  async end(): Promise<void> {
    this.adopts = false
    await this.keeper.end()
    await this.database.close()
  }

  /** A page without a connection leaves them to one that can send them, and looks again when it is connected. */
  private get mayAdopt(): boolean {
    return this.adopts && this.keeper.ready && this.connection.open && !this.connection.refusal
  }

  /** What is put back can be taken back, as one step. */
  private takeOver(batch: Batch, putBack: boolean): void {
    if (putBack) this.undoManager.stopCapturing()
    this.connection.adopt(batch, putBack)
    if (putBack) this.undoManager.stopCapturing()
  }

  private salvaged(putBack: PutBack | null): void {
    void this.remains.look(putBack ?? undefined)
    this.listener.changed()
  }
}

/** One replica of the document and its life with the server: text, undo, presence, connection. */
import * as Y from 'yjs'

import { Connection } from './connection'
import { Keeper } from './keeper'
import { type Ledger, ledgerOf } from './ledger'
import { type Place, Placer } from './placing'
import { Others, OwnCursor, readPosition } from './presence'
import type { PresenceEntry } from './protocol'
import { type Socket, Wire, whenSocketExists } from './wire'

export interface SessionListener {
  /** Something that the status is made of may have changed. */
  changed(): void
  /** Where the others' cursors are now; null for those that are gone. */
  placed(places: ReadonlyMap<number, Place | null>): void
}

export interface SessionOptions {
  /** Number of the NiceGUI element: the address of its frames. */
  element: number
  /** What the document is called on this device; the epoch changes when it was restored from a backup. */
  document: string
  epoch: string
}

/** Refusals that would meet the same edits again, whoever sent them. */
const HOPELESS = new Set(['update', 'foreign', 'too-large'])

/** Strokes closer together than this are taken back together. */
const UNDO_PAUSE_MS = 500

export class Session {
  readonly doc = new Y.Doc()
  readonly text = this.doc.getText('content')
  readonly undoManager = new Y.UndoManager(this.text, { trackedOrigins: new Set(), captureTimeout: UNDO_PAUSE_MS })
  readonly connection: Connection
  readonly keeper: Keeper
  readonly own: OwnCursor
  readonly placer: Placer
  private readonly others = new Others(this.doc.clientID)
  private stopWaiting: () => void = () => undefined
  private wire: Wire | null = null
  private ledger: (() => Ledger) | null = null

  private readonly element: number
  private before: Promise<void> = Promise.resolve()
  private adopts = false

  constructor(
    { element, document, epoch }: SessionOptions,
    private readonly listener: SessionListener,
  ) {
    this.element = element
    this.connection = new Connection(this.doc, (frame) => this.wire?.send(frame), {
      edited: (update, sent) => this.keeper.made(update, !sent),
      confirmed: () => this.keeper.confirmed(),
      refused: ({ code }) => HOPELESS.has(code) && this.keeper.setAside(),
      changed: () => listener.changed(),
      welcomed: () => this.own.reintroduce(),
      forgetOthers: () => this.forgetOthers(),
      presence: (entries) => this.placer.add(this.others.receive(entries)),
    })
    this.keeper = new Keeper(document, epoch, this.connection.unsaved, {
      adopt: (batch) => this.connection.adopt(batch),
      changed: () => listener.changed(),
    })
    this.own = new OwnCursor(this.doc.clientID, (entry: PresenceEntry) => this.connection.tellPresence(entry))
    this.placer = new Placer(this.text, (places) => listener.placed(places))
  }

  /** Joins as soon as there is a socket. Who may not edit does not send what earlier pages left, either. */
  start(readOnly: boolean): void {
    this.adopts = !readOnly
    window.addEventListener('pageshow', this.onPageShow)
    window.addEventListener('pagehide', this.onPageHide)
    window.addEventListener('beforeunload', this.onBeforeUnload)
    window.document.addEventListener('visibilitychange', this.onVisibilityChange)
    this.stopWaiting = whenSocketExists((socket) => this.join(socket))
    void this.before.then(() => this.keeper.start(this.adopts))
  }

  /** From now on this page may edit, or not. */
  setReadOnly(readOnly: boolean): void {
    const news = this.adopts === readOnly
    this.adopts = !readOnly
    if (news) this.adopt()
  }

  /** Ends it. Edits not yet confirmed go to the next editor of the same element. */
  destroy(): void {
    const { unsaved, refusal } = this.connection
    this.stopWaiting()
    this.own.destroy()
    this.placer.destroy()
    const document = this.keeper.kept < unsaved.edits ? Y.encodeStateAsUpdate(this.doc) : null
    const ended = this.keeper.end()
    if (this.ledger && unsaved.edits > 0 && !refusal) this.ledger().left = { document, ended }
    this.wire?.destroy()
    this.connection.destroy()
    window.removeEventListener('pageshow', this.onPageShow)
    window.removeEventListener('pagehide', this.onPageHide)
    window.removeEventListener('beforeunload', this.onBeforeUnload)
    window.document.removeEventListener('visibilitychange', this.onVisibilityChange)
    this.undoManager.destroy()
    this.doc.destroy()
  }

  /** Own position in the text as others understand it, whatever happens to the text before it. */
  readonly position = (index: number): unknown =>
    Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, index))

  /** The other way round; undefined when there is no such place. */
  readonly index = (position: unknown): number | undefined => {
    const place = readPosition(position)
    return (place && this.placer.index(place)) ?? undefined
  }

  private join(socket: Socket): void {
    const ledger = (): Ledger => ledgerOf(socket, this.element)
    this.ledger = ledger
    const { left } = ledger()
    ledger().left = null
    if (left?.document) Y.applyUpdate(this.doc, left.document)
    if (left) this.before = left.ended
    this.wire = new Wire(socket, this.element, {
      opened: () => {
        this.connection.opened(ledger())
        this.adopt()
      },
      closed: () => this.connection.closed(),
      frame: (data) => this.connection.frame(data),
    })
    this.wire.start()
  }

  private forgetOthers(): void {
    this.placer.forget()
    this.listener.placed(new Map(this.others.forget().map((client) => [client, null])))
  }

  /** Other pages of this browser may have been closed since. */
  private adopt(): void {
    if (this.adopts && this.keeper.ready && !this.connection.refusal) void this.keeper.adopt()
  }

  /** The page comes back out of the browser's cache: much may have happened. */
  private readonly onPageShow = (event: PageTransitionEvent): void => {
    if (!event.persisted) return
    this.connection.ask()
    this.adopt()
  }

  private readonly onPageHide = (): void => this.keeper.flush()

  private readonly onVisibilityChange = (): void => {
    if (window.document.hidden) this.keeper.flush()
    else this.adopt()
  }

  /** Warns of losing what is neither confirmed nor kept; NiceGUI's own reloads must not stop at a question. */
  private readonly onBeforeUnload = (event: BeforeUnloadEvent): void => {
    this.keeper.flush()
    if (this.keeper.kept < this.connection.unsaved.edits) event.preventDefault()
  }
}

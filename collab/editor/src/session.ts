/** One replica of the document and its life with the server: text, undo, presence, connection. */
import * as Y from 'yjs'

import { Connection } from './connection'
import { type Ledger, ledgerOf } from './ledger'
import { type Place, Placer } from './placing'
import { Others, OwnCursor } from './presence'
import type { PresenceEntry } from './protocol'
import { type Socket, Wire, whenSocketExists } from './wire'

export interface SessionListener {
  /** Something that the status is made of may have changed. */
  changed(): void
  /** Where the others' cursors are now; null for those that are gone. */
  placed(places: ReadonlyMap<number, Place | null>): void
}

/** Strokes closer together than this are taken back together. */
const UNDO_PAUSE_MS = 500

export class Session {
  readonly doc = new Y.Doc()
  readonly text = this.doc.getText('content')
  readonly undoManager = new Y.UndoManager(this.text, { trackedOrigins: new Set(), captureTimeout: UNDO_PAUSE_MS })
  readonly connection: Connection
  readonly own: OwnCursor
  readonly placer: Placer
  private readonly others = new Others(this.doc.clientID)
  private stopWaiting: () => void = () => undefined
  private wire: Wire | null = null
  private ledger: (() => Ledger) | null = null

  constructor(
    private readonly element: number,
    private readonly listener: SessionListener,
  ) {
    this.connection = new Connection(this.doc, (frame) => this.wire?.send(frame), {
      changed: () => listener.changed(),
      welcomed: () => this.own.reintroduce(),
      forgetOthers: () => this.forgetOthers(),
      presence: (entries) => this.placer.add(this.others.receive(entries)),
    })
    this.own = new OwnCursor(this.doc.clientID, (entry: PresenceEntry) => this.connection.tellPresence(entry))
    this.placer = new Placer(this.text, (places) => listener.placed(places))
  }

  /** Joins as soon as there is a socket. */
  start(): void {
    window.addEventListener('pageshow', this.onPageShow)
    window.addEventListener('beforeunload', this.onBeforeUnload)
    this.stopWaiting = whenSocketExists((socket) => this.join(socket))
  }

  /** Ends it. Edits not yet confirmed go to the next editor of the same element. */
  destroy(): void {
    const { unsaved, refusal } = this.connection
    this.stopWaiting()
    this.own.destroy()
    this.placer.destroy()
    if (this.ledger && unsaved.edits > 0 && !refusal) this.ledger().left = Y.encodeStateAsUpdate(this.doc)
    this.wire?.destroy()
    this.connection.destroy()
    window.removeEventListener('pageshow', this.onPageShow)
    window.removeEventListener('beforeunload', this.onBeforeUnload)
    this.undoManager.destroy()
    this.doc.destroy()
  }

  /** Own position in the text as others understand it, whatever happens to the text before it. */
  position(index: number): unknown {
    return Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.text, index))
  }

  private join(socket: Socket): void {
    const ledger = (): Ledger => ledgerOf(socket, this.element)
    this.ledger = ledger
    const { left } = ledger()
    ledger().left = null
    if (left) Y.applyUpdate(this.doc, left)
    this.wire = new Wire(socket, this.element, {
      opened: () => this.connection.opened(ledger()),
      closed: () => this.connection.closed(),
      frame: (data) => this.connection.frame(data),
    })
    this.wire.start()
  }

  private forgetOthers(): void {
    this.placer.forget()
    this.listener.placed(new Map(this.others.forget().map((client) => [client, null])))
  }

  /** The page comes back out of the browser's cache: much may have happened. */
  private readonly onPageShow = (event: PageTransitionEvent): void => {
    if (event.persisted) this.connection.ask()
  }

  private readonly onBeforeUnload = (event: BeforeUnloadEvent): void => {
    if (this.connection.unsaved.edits > 0) event.preventDefault()
  }
}

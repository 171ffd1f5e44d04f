/** One replica of the document and its life with the server: text, undo, presence, connection. */
import * as Y from 'yjs'

import { loadAnew } from './anew'
import { Checker } from './checking'
import { Composing } from './composing'
import { Connection, type Refusal } from './connection'
import { contentOf } from './content'
import { Device, type DeviceListener, type DeviceOptions } from './device'
import { type Ledger, ledgerOf } from './ledger'
import { type Place, Placer } from './placing'
import { Others, OwnCursor, readPosition } from './presence'
import type { PresenceEntry } from './protocol'
import { PUT_BACK } from './salvage'
import { type Socket, Wire, whenSocketExists } from './wire'
import { t } from './words'

export interface SessionListener extends DeviceListener {
  /** Where the others' cursors are now; null for those that are gone. */
  placed(places: ReadonlyMap<number, Place | null>): void
}

export interface SessionOptions extends DeviceOptions {
  /** Number of the NiceGUI element: the address of its frames. */
  element: number
}

/** Strokes closer together than this are taken back together. */
const UNDO_PAUSE_MS = 500

const STILL_WRONG: Refusal = {
  code: 'damaged',
  words: t('This page does not show what the server holds, even after a reload. Copy what you need, then tell who runs it.'),
}

export class Session {
  readonly doc = new Y.Doc()
  readonly text = contentOf(this.doc)
  readonly undoManager = new Y.UndoManager(this.text, {
    trackedOrigins: new Set([PUT_BACK]),
    captureTimeout: UNDO_PAUSE_MS,
  })
  readonly connection: Connection
  readonly device: Device
  readonly own: OwnCursor
  readonly placer: Placer
  readonly composing = new Composing((data) => this.connection.frame(data))
  private readonly checker: Checker
  private readonly others = new Others(this.doc.clientID)
  private stopWaiting: () => void = () => undefined
  private wire: Wire | null = null
  private ledger: (() => Ledger) | null = null

  private readonly element: number
  private before: Promise<void> = Promise.resolve()

  constructor(
    { element, ...options }: SessionOptions,
    private readonly listener: SessionListener,
  ) {
    this.element = element
    this.connection = new Connection(this.doc, (frame) => this.wire?.send(frame), {
      edited: (update, sent) => this.device.keeper.made(update, !sent),
      confirmed: () => this.device.keeper.confirmed(),
      refused: ({ code }) => void this.device.refused(code),
      changed: () => this.changed(),
      welcomed: () => this.own.reintroduce(),
      forgetOthers: () => this.forgetOthers(),
      presence: (entries) => this.placer.add(this.others.receive(entries)),
      heard: (frame) => this.checker.heard(frame),
    })
    this.device = new Device(options, this.connection, this.undoManager, {
      changed: () => this.changed(),
      offered: (offer) => listener.offered(offer),
    })
    this.own = new OwnCursor(this.doc.clientID, (entry: PresenceEntry) => this.connection.tellPresence(entry))
    this.placer = new Placer(this.text, (places) => listener.placed(places))
    this.checker = new Checker(this.doc, this.text, {
      settled: () => this.connection.settled && !this.connection.refusal,
      send: (frame) => this.wire?.send(frame),
      renew: () => void (loadAnew(options.document, 'wrong') || this.connection.refuse(STILL_WRONG)),
    })
  }

  /** Joins as soon as there is a socket. Who may not edit does not send what earlier pages left, either. */
  start(readOnly: boolean): void {
    window.addEventListener('pageshow', this.onPageShow)
    window.addEventListener('pagehide', this.onPageHide)
    window.addEventListener('beforeunload', this.onBeforeUnload)
    window.document.addEventListener('visibilitychange', this.onVisibilityChange)
    this.stopWaiting = whenSocketExists((socket) => this.join(socket))
    void this.before.then(() => this.device.start(!readOnly))
  }

  /** From now on this page may edit, or not. */
  setReadOnly(readOnly: boolean): void {
    const news = this.device.adopts === readOnly
    this.device.adopts = !readOnly
    if (news) this.device.look()
  }

  /** Ends it. Edits not yet confirmed go to the next editor of the same element. */
  destroy(): void {
    const { unsaved, refusal } = this.connection
    this.stopWaiting()
    this.own.destroy()
    this.placer.destroy()
    this.checker.destroy()
    this.composing.destroy()
    const document = this.device.keeper.kept < unsaved.edits ? Y.encodeStateAsUpdate(this.doc) : null
    const ended = this.device.end()
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
        this.device.look()
      },
      closed: () => {
        this.composing.forget()
        this.connection.closed()
      },
      frame: (data) => this.composing.frame(data),
    })
    this.wire.start()
  }

  private forgetOthers(): void {
    this.placer.forget()
    this.listener.placed(new Map(this.others.forget().map((client) => [client, null])))
  }

  private changed(): void {
    this.listener.changed()
    this.device.salvage.mayBegin()
  }

  /** The page comes back out of the browser's cache: much may have happened. */
  private readonly onPageShow = (event: PageTransitionEvent): void => {
    if (!event.persisted) return
    this.connection.ask()
    this.device.look()
  }

  private readonly onPageHide = (): void => this.device.keeper.rescue()

  private readonly onVisibilityChange = (): void => {
    if (window.document.hidden) return this.device.keeper.rescue()
    this.device.look()
  }

  /** Warns of losing what is neither confirmed nor kept; NiceGUI's own reloads must not stop at a question. */
  private readonly onBeforeUnload = (event: BeforeUnloadEvent): void => {
    this.device.keeper.rescue()
    if (this.device.keeper.kept < this.connection.unsaved.edits) event.preventDefault()
  }
}

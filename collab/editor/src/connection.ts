/** The conversation with the server about one document: who has what, and what is safe. */
import * as Y from 'yjs'

import type { Ledger } from './ledger'
import { type Frame, type PresenceEntry, decode, encodePresence, encodeStep1, encodeStep2, encodeUpdate } from './protocol'
import { PUT_BACK } from './salvage'
import type { Batch } from './shelf'
import { Unsaved } from './unsaved'
import { t } from './words'

/** Why the server takes nothing more from this page. */
export interface Refusal {
  code: string
  words: string
}

export interface ConnectionListener {
  /** An edit was made on this page; `sent` says whether it is on its way to the server already. */
  edited(update: Uint8Array, sent: boolean): void
  /** The server has committed some of our edits. */
  confirmed(): void
  refused(refusal: Refusal): void
  /** Something that the status is made of may have changed. */
  changed(): void
  /** The server knows us on this connection; our presence may be told. */
  welcomed(): void
  /** The connection is gone or new: whoever was here must be heard of again. */
  forgetOthers(): void
  presence(entries: PresenceEntry[]): void
  /** Every frame of the server, before it is taken in. */
  heard(frame: Frame): void
}

const UNREADABLE = { code: 'damaged', words: t('This page cannot read what the server sent. Copy what you need, then reload the page.') }

/** Sync steps, updates and confirmations of one editor, over any number of connections. */
export class Connection {
  /** The socket is connected. */
  open = false
  /** It has been connected at least once. */
  joined = false
  /** The text of the server has arrived, on this connection. */
  received = false
  /** The text of the server has arrived once, on whatever connection. */
  loaded = false
  refusal: Refusal | null = null
  /** The server cannot store edits just now. */
  trouble = false
  readonly unsaved: Unsaved

  private answered = false
  private confirmed = 0
  private ledger: Ledger = { sent: 0, left: null }

  constructor(
    readonly doc: Y.Doc,
    private readonly send: (frame: Uint8Array) => void,
    private readonly listener: ConnectionListener,
  ) {
    this.unsaved = new Unsaved(doc)
    doc.on('afterTransactionCleanup', this.onTransaction)
  }

  /** Both have told each other everything, and all that was sent is committed. */
  get settled(): boolean {
    return this.received && this.answered && this.confirmed >= this.ledger.sent && this.unsaved.edits === 0
  }

  /** A connection is there, perhaps after a break: say what we have, and ask for what we miss. */
  opened(ledger: Ledger): void {
    this.ledger = ledger
    this.confirmed = 0
    this.open = this.joined = true
    this.received = this.answered = this.trouble = false
    this.unsaved.takeBack()
    this.listener.forgetOthers()
    this.ask()
    this.listener.changed()
  }

  closed(): void {
    this.open = this.received = this.answered = this.trouble = false
    this.unsaved.takeBack()
    this.listener.forgetOthers()
    this.listener.changed()
  }

  /** Asks for whatever we miss. */
  ask(): void {
    if (this.open && !this.refusal) this.send(encodeStep1(Y.encodeStateVector(this.doc)))
  }

  /** Tells where we are, once the server has our text: the place is named by letters it must know. */
  tellPresence(entry: PresenceEntry): void {
    if (this.answered && !this.refusal) this.send(encodePresence(entry))
  }

  /** Takes in one frame of the server. */
  frame(data: Uint8Array): void {
    try {
      this.take(decode(data))
    } catch (error) {
      console.error('Collab: a frame of the server could not be read.', error)
      this.refuse(UNREADABLE)
    }
  }

  /** Stops sending for good: what the server will not take must not look as if it were saved. */
  refuse(refusal: Refusal): void {
    this.refusal ??= refusal
    this.listener.refused(this.refusal)
    this.listener.changed()
  }

  /**
   * Makes edits of an earlier page our own, under the client ids they have. Yjs holds back what cannot stand yet.
   */
  adopt(batch: Batch, putBack: boolean): void {
    this.apply(batch.update, putBack ? PUT_BACK : this)
    this.offer(batch)
    this.listener.changed()
  }

  destroy(): void {
    this.doc.off('afterTransactionCleanup', this.onTransaction)
    this.doc.off('update', this.onUpdate)
  }

  private take(frame: Frame): void {
    this.listener.heard(frame)
    switch (frame.kind) {
      case 'step1':
        return this.answer(frame.vector)
      case 'step2':
        this.received = this.loaded = true
        this.apply(frame.update)
        return this.listener.changed()
      case 'update':
        return this.apply(frame.update)
      case 'presence':
        return this.listener.presence(frame.entries)
      case 'saved':
        return this.confirm(frame.frames)
      case 'refused':
        return this.refuse({ code: frame.code, words: t(frame.words) })
      case 'resync':
        return this.ask()
      case 'trouble':
        this.trouble = frame.on
        return this.listener.changed()
    }
  }

  private apply(update: Uint8Array, origin: unknown = this): void {
    Y.applyUpdate(this.doc, update, origin)
  }

  private answer(vector: Uint8Array): void {
    if (this.refusal) return
    this.ledger.sent += 1
    this.send(encodeStep2(this.unsaved.answer(vector, this.ledger.sent)))
    const first = !this.answered
    this.answered = true
    if (first) this.listener.welcomed()
    this.listener.changed()
  }

  private confirm(frames: number): void {
    this.confirmed = Math.max(this.confirmed, frames)
    this.unsaved.confirm(frames)
    this.listener.confirmed()
    this.listener.changed()
  }

  /** Yjs writes an update next, if anybody listens: of what came from elsewhere, that would be work for nothing. */
  private readonly onTransaction = ({ origin }: Y.Transaction): void => {
    this.doc.off('update', this.onUpdate)
    if (origin !== this && origin !== PUT_BACK) this.doc.on('update', this.onUpdate)
  }

  private readonly onUpdate = (update: Uint8Array): void => {
    this.listener.edited(update, this.offer({ edits: 1, update }))
    this.listener.changed()
  }

  /** Sends edits now, or keeps them for the next answer. Returns whether they were sent. */
  private offer({ edits, update }: Batch): boolean {
    const sent = this.open && this.answered && !this.refusal
    if (sent) {
      this.ledger.sent += 1
      this.unsaved.noteSent(this.ledger.sent, update, edits)
      this.send(encodeUpdate(update))
    } else {
      this.unsaved.keep(update, edits)
    }
    return sent
  }
}

/** Puts a collaborative editor on the page: joins what is seen to the session behind it. */
import type { Extension } from '@codemirror/state'
import { EditorView, type ViewUpdate } from '@codemirror/view'
import { ySyncAnnotation } from 'y-codemirror.next'

import { type Offer, offered } from './actions/offers'
import { textBytes } from './bytes'
import type { Refusal } from './connection'
import { setPlaces } from './cursors'
import { Desk, placesIn } from './desk'
import { DEFAULTS, Editor, type EditorOptions } from './editor'
import './inside'
import { atMost } from './limit'
import { type Option, keepOption, keptOptions } from './options'
import { Session } from './session'
import { type Status, StatusBoard, statusOf } from './status'
import { Whereabouts } from './whereabouts'
import { t } from './words'

export interface MountOptions extends Partial<EditorOptions> {
  /** Number of the NiceGUI element: the address of its frames. */
  element: number
  /** What the document is called on this device. */
  document: string
  /** Changes when the document was restored from a backup, or put in order. */
  epoch?: string
  /** The id of the person whose page it is. */
  author?: string
  /** Most bytes of UTF-8 that its text may have. */
  limit?: number
  readOnly?: boolean
  /** Where pictures are sent to, and most bytes of one. */
  images?: string
  imageLimit?: number
}

/** Tells, bubbling from the editor's element, what was put back or remains; see remains.ts. */
const REMAINS_EVENT = 'collab-remains'

const NOT_TRUE: Refusal = {
  code: 'damaged',
  words: t('This page no longer shows what is shared. Copy what you need, then reload the page.'),
}

/** A fresh replica of the document, in a fresh editor inside `parent`. */
export function mount(parent: HTMLElement, options: MountOptions): MountedEditor {
  return new MountedEditor(parent, options)
}

export class MountedEditor {
  private readonly session: Session
  private readonly editor: Editor
  private readonly desk: Desk
  private readonly board: StatusBoard
  private readonly whereabouts: Whereabouts
  private readonly options: EditorOptions
  private readOnly: boolean
  private loaded = false
  /** Hears which language somebody here wants for the text. */
  choose: (language: string) => void = () => undefined

  constructor(
    private readonly parent: HTMLElement,
    { element, document, epoch = '', author = '', limit = Infinity, readOnly = false, images = '', imageLimit = 0, ...options }: MountOptions,
  ) {
    this.options = { ...DEFAULTS, ...options, ...keptOptions() }
    this.readOnly = readOnly
    this.session = new Session({ element, document, epoch, author }, {
      changed: () => this.refresh(),
      placed: (places) => this.editor.view.dispatch({ effects: setPlaces.of(places) }),
      offered: (detail) => parent.dispatchEvent(new CustomEvent(REMAINS_EVENT, { bubbles: true, detail })),
    })
    this.board = new StatusBoard(parent, this.status)
    const { doc, device } = this.session
    const { text, undoManager } = this.session
    const places = placesIn(parent)
    this.editor = new Editor(places.writing, text, undoManager, [atMost(limit), this.session.composing.extension, this.watch()])
    const { view } = this.editor
    const [status, bytes] = [() => this.board.last, () => view.state.field(textBytes)]
    parent.__collab = { doc, view, status, remains: device.remains, bytes }
    this.desk = new Desk(parent, places, view, undoManager, {
      toggle: (option) => this.toggle(option),
      choose: (language) => this.choose(language),
      images: images ? { address: images, limit: imageLimit } : null,
    })
    this.whereabouts = new Whereabouts(document, this.editor.view, this.session)
    this.setOptions({})
    this.setLanguage(this.options.language)
    this.session.start(readOnly)
    this.refresh()
  }

  setReadOnly(readOnly: boolean): void {
    this.readOnly = readOnly
    this.session.setReadOnly(readOnly)
    this.refresh()
  }

  setLanguage(language: string): void {
    this.desk.setLanguage(language)
    void this.editor.setLanguage(language)
  }

  setOptions(options: Partial<EditorOptions>): void {
    Object.assign(this.options, options, keptOptions())
    // Words for an empty text must not flash up before the text is here.
    const words = this.loaded ? this.options.placeholder : ''
    this.editor.setOptions({ ...this.options, placeholder: words })
  }

  private toggle(option: Option): void {
    const value = !this.options[option]
    keepOption(option, value)
    this.setOptions({ [option]: value })
  }

  /** Calls at once with the last status, then with every new one. Returns the way out. */
  subscribe(tell: (status: Status) => void): () => void {
    return this.board.subscribe(tell)
  }

  /** What can be done on the page around it: found in the palette and called by its number, or done by a button. */
  setActions(offers: readonly Offer[], act: (number: number) => void): void {
    this.desk.setActions(offered(offers, act))
  }

  /** Shows where this person is, and offers to stay with them. */
  goToPerson(id: string, name: string): void {
    this.desk.goToPerson(id, name)
  }

  focus(): void {
    this.editor.view.focus()
  }

  /** Brings a line, counted from 1, into view. */
  revealLine(number: number): void {
    const { doc } = this.editor.view.state
    const line = doc.line(Math.max(1, Math.min(doc.lines, number)))
    this.editor.view.dispatch({ effects: EditorView.scrollIntoView(line.from, { y: 'center' }) })
  }

  destroy(): void {
    this.desk.destroy()
    this.whereabouts.destroy()
    this.session.destroy()
    this.editor.destroy()
    delete this.parent.__collab
  }

  private get status(): Status {
    const { open, joined, loaded, trouble, refusal, unsaved, settled } = this.session.connection
    const { kept, working, ready } = this.session.device.keeper
    const looked = this.readOnly || !working || this.session.device.salvage.looked
    const facts = { open, joined, loaded, trouble, refusal, kept, keeping: working }
    // What earlier pages left may be unsaved, too.
    return statusOf({ ...facts, settled: settled && ready && looked, readOnly: this.readOnly, unsaved: unsaved.edits })
  }

  private refresh(): void {
    const { loaded, refusal } = this.session.connection
    this.editor.setReadOnly(this.readOnly || refusal !== null)
    if (loaded && !this.loaded) {
      this.loaded = true
      this.editor.setLoaded()
      this.setOptions({})
    }
    if (loaded && this.session.device.keeper.ready) this.whereabouts.restore()
    this.board.post(this.status)
  }

  private watch(): Extension {
    return EditorView.updateListener.of((update) => {
      this.desk?.update(update) // it is made behind the view, and adds to it
      const remote = update.transactions.some((tr) => tr.annotation(ySyncAnnotation) !== undefined)
      if (update.docChanged) this.checkText(remote)
      if (update.selectionSet || update.focusChanged) this.tellCursor(update)
      if (update.selectionSet || update.docChanged) this.whereabouts.moved()
    })
  }

  private checkText(remote: boolean): void {
    if (!this.editor.isTrue) this.session.connection.refuse(NOT_TRUE)
    if (remote) this.session.placer.textArrived()
    this.editor.checkLength()
  }

  private tellCursor({ view, focusChanged }: ViewUpdate): void {
    const { own } = this.session
    if (!view.hasFocus) {
      if (focusChanged) own.blurred()
      return
    }
    own.moved(() => {
      const { anchor, head } = view.state.selection.main
      const place = this.session.position(head)
      return { anchor: anchor === head ? place : this.session.position(anchor), head: place }
    })
  }
}

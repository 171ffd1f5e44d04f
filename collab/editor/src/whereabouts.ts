/** Where somebody was in the text, so that a reload, asked for or not, brings them back to it. */
import { EditorSelection } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

/** The text as both sides of a reload understand it, whatever others write meanwhile. */
export interface Places {
  /** A place in the text, as JSON. */
  position(index: number): unknown
  /** The index of such a place; undefined when it is not in this text. */
  index(position: unknown): number | undefined
}

interface Record {
  anchor: unknown
  head: unknown
  /** The line at the upper edge, and how far it is scrolled out of sight, in pixels. */
  line: unknown
  beyond: number
}

const NOTE_EVERY_MS = 300

/** Notes cursor, selection and scroll position in this tab's session storage, and restores them once. */
export class Whereabouts {
  private restored = false
  private timer = 0
  private readonly name: string

  constructor(
    document: string,
    private readonly view: EditorView,
    private readonly places: Places,
  ) {
    this.name = `collab-place-${document}`
    view.scrollDOM.addEventListener('scroll', this.moved, { passive: true })
    window.addEventListener('pagehide', this.note)
  }

  /** To be called when the text is here: goes where this tab was, unless somebody is at work already. */
  restore(): void {
    if (this.restored) return
    this.restored = true
    const { selection } = this.view.state
    const untouched = selection.main.empty && selection.main.head === 0 && this.view.scrollDOM.scrollTop === 0
    const record = untouched && this.read()
    if (record) this.goTo(record)
  }

  /** Cursor, selection or scroll position have changed. */
  readonly moved = (): void => {
    if (this.restored) this.timer ||= window.setTimeout(this.note, NOTE_EVERY_MS)
  }

  destroy(): void {
    this.note()
    window.clearTimeout(this.timer)
    this.view.scrollDOM.removeEventListener('scroll', this.moved)
    window.removeEventListener('pagehide', this.note)
  }

  private readonly note = (): void => {
    window.clearTimeout(this.timer)
    this.timer = 0
    if (!this.restored) return
    const { anchor, head } = this.view.state.selection.main
    const { position } = this.places
    const edge = this.view.scrollDOM.getBoundingClientRect().top - this.view.documentTop
    const { from, top } = this.view.lineBlockAtHeight(edge)
    const record = { anchor: position(anchor), head: position(head), line: position(from), beyond: edge - top }
    try {
      sessionStorage.setItem(this.name, JSON.stringify(record))
    } catch {
      // A full or forbidden storage: a reload begins at the top, and that is all.
    }
  }

  private read(): Record | null {
    try {
      return JSON.parse(sessionStorage.getItem(this.name) ?? 'null') as Record | null
    } catch {
      return null
    }
  }

  private goTo({ anchor, head, line, beyond }: Record): void {
    const [from, to, edge] = [anchor, head, line].map((position) => this.places.index(position))
    if (from === undefined || to === undefined) return
    this.view.dispatch({ selection: EditorSelection.range(from, to) })
    if (edge === undefined || !Number.isFinite(beyond)) return
    this.view.dispatch({ effects: EditorView.scrollIntoView(edge, { y: 'start', yMargin: -beyond }) })
  }
}

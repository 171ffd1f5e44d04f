/**
 * Lets what others write wait while a word is being composed.
 *
 * A browser gives a composition up when the text beside it is changed under its hands, and the next key then writes
 * once more what is there already. So updates wait until the word is done, or until whoever composes it pauses.
 */
import type { Extension } from '@codemirror/state'
import { EditorView, type ViewUpdate } from '@codemirror/view'

/** So long after the last key of a composition others are let in again. */
const PATIENCE_MS = 5_000
/** A composition that has ended is in the text of the editor a moment later; CodeMirror gives itself 50 ms for it. */
const SETTLES_MS = 80

export class Composing {
  private waiting: Uint8Array[] = []
  private active = false
  private letting = false
  private broken: EditorView | null = null
  private timer = 0

  constructor(private readonly pass: (frame: Uint8Array) => void) {}

  /** Hears of it in the editor. */
  readonly extension: Extension = [
    EditorView.domEventObservers({
      compositionstart: () => this.goesOn(),
      compositionupdate: () => this.goesOn(),
      compositionend: () => this.releaseIn(SETTLES_MS),
    }),
    EditorView.updateListener.of((update) => this.updated(update)),
  ]

  /** Passes a frame of the server on, at once or later. */
  frame(data: Uint8Array): void {
    if (this.active && isUpdate(data)) this.waiting.push(data)
    else this.pass(data)
  }

  /** What waits belongs to a connection that is gone; the next one brings it anew. */
  forget(): void {
    this.waiting = []
  }

  destroy(): void {
    window.clearTimeout(this.timer)
  }

  private goesOn(): void {
    this.active = true
    this.releaseIn(PATIENCE_MS)
  }

  private releaseIn(ms: number): void {
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.release(), ms)
  }

  private release(): void {
    this.active = false
    this.letting = true
    for (const frame of this.waiting.splice(0)) this.pass(frame)
    this.letting = false
    // Leaving the text for a moment ends the composition as it stands, for the browser as for the keyboard.
    this.broken?.contentDOM.blur()
    this.broken?.focus()
    this.broken = null
  }

  /** Notes that somebody was let into the very line in which a word is still being composed. */
  private updated({ view, docChanged, changes, startState }: ViewUpdate): void {
    if (!this.letting || !docChanged || !view.composing) return
    const line = startState.doc.lineAt(startState.selection.main.head)
    if (changes.touchesRange(line.from, line.to)) this.broken = view
  }
}

/** Of the sync protocol (0) the third message (2). */
function isUpdate(data: Uint8Array): boolean {
  return data[0] === 0 && data[1] === 2
}

/** Who is writing just now, in a few words. */
import type { EditorView } from '@codemirror/view'
import type { Doc, Transaction } from 'yjs'

import { make } from '../actions/picture'
import { remoteCursors } from '../cursors'
import { t, tn } from '../words'

/** So long after a key somebody still counts as writing. */
const LASTS_MS = 3_000
const SOON_MS = 50

/** A replica writes when letters of its own arrive: whose cursor is at that place says nothing. */
export class Typing {
  readonly dom = make('div', { className: 'collab-typing' })
  private readonly wroteAt = new Map<number, number>()
  private timer = 0

  constructor(
    private readonly view: EditorView,
    private readonly doc: Doc,
  ) {
    doc.on('afterTransaction', this.heard)
  }

  /** To be called when cursors have moved: names are theirs. */
  readonly moved = (): void => {
    window.clearTimeout(this.timer)
    const since = performance.now() - LASTS_MS
    for (const [client, at] of this.wroteAt) if (at <= since) this.wroteAt.delete(client)
    const cursors = this.view.state.field(remoteCursors)
    const names = new Set([...this.wroteAt.keys()].flatMap((client) => cursors.get(client)?.name ?? []))
    const words = sentence([...names].sort())
    if (words !== this.dom.textContent) this.dom.textContent = words
    if (this.wroteAt.size > 0) this.timer = window.setTimeout(this.moved, Math.min(...this.wroteAt.values()) - since + 50)
  }

  destroy(): void {
    window.clearTimeout(this.timer)
    this.doc.off('afterTransaction', this.heard)
  }

  private readonly heard = ({ beforeState, afterState, local }: Transaction): void => {
    if (local || beforeState.size === 0) return // the first of a text is no news
    const writers = [...afterState.keys()].filter((client) => afterState.get(client)! > (beforeState.get(client) ?? 0))
    for (const client of writers) this.wroteAt.set(client, performance.now())
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(this.moved, SOON_MS)
  }
}

function sentence([first, second, ...more]: string[]): string {
  if (!first) return ''
  if (!second) return t('{name} is writing…', { name: first })
  return more.length === 0 ? t('{name} and {other} are writing…', { name: first, other: second }) : tn('{number} person is writing…', '{number} people are writing…', more.length + 2)
}

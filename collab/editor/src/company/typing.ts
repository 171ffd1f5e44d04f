/** Who is writing just now, in a few words. */
import type { EditorView } from '@codemirror/view'

import { make } from '../actions/picture'
import { people } from './people'

/** So long after a key somebody still counts as writing. */
const LASTS_MS = 3_000

export class Typing {
  readonly dom = make('div', { className: 'collab-typing' })
  private timer = 0

  constructor(private readonly view: EditorView) {}

  /** To be called when cursors have moved. */
  readonly moved = (): void => {
    window.clearTimeout(this.timer)
    const now = performance.now()
    const writing = people(this.view.state).filter(({ typedAt }) => now - typedAt < LASTS_MS)
    const words = sentence(writing.map(({ name }) => name).sort())
    if (words !== this.dom.textContent) this.dom.textContent = words
    if (writing.length === 0) return
    const next = Math.min(...writing.map(({ typedAt }) => typedAt + LASTS_MS - now))
    this.timer = window.setTimeout(this.moved, next + 50)
  }

  destroy(): void {
    window.clearTimeout(this.timer)
  }
}

function sentence([first, second, ...more]: string[]): string {
  if (!first) return ''
  if (!second) return `${first} is writing…`
  return more.length === 0 ? `${first} and ${second} are writing…` : `${more.length + 2} people are writing…`
}

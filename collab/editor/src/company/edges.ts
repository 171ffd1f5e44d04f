/** Who is above or below what one sees: their names at the edge of the text, which lead there. */
import type { EditorView } from '@codemirror/view'

import { make } from '../actions/picture'
import type { RemoteCursor } from '../cursors'
import { people } from './people'

const MOST_NAMES = 3

export class Edges {
  private readonly above = make('div', { className: 'collab-edge above', 'aria-hidden': 'true' })
  private readonly below = make('div', { className: 'collab-edge below', 'aria-hidden': 'true' })
  private frame = 0

  /** For mouse and finger only: by keyboard, and for who does not see them, the faces lead to the same places. */
  constructor(
    private readonly view: EditorView,
    place: HTMLElement,
    private readonly goTo: (cursor: RemoteCursor) => void,
  ) {
    place.append(this.above, this.below)
    view.scrollDOM.addEventListener('scroll', this.moved, { passive: true })
  }

  destroy(): void {
    window.cancelAnimationFrame(this.frame)
    this.view.scrollDOM.removeEventListener('scroll', this.moved)
  }

  readonly moved = (): void => {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      const { scrollDOM, documentTop } = this.view
      const { top, bottom } = scrollDOM.getBoundingClientRect()
      const placed = people(this.view.state).map((cursor) => ({ cursor, line: this.view.lineBlockAt(cursor.head) }))
      const above = placed.filter(({ line }) => line.bottom + documentTop <= top)
      const below = placed.filter(({ line }) => line.top + documentTop >= bottom)
      this.show(this.above, '↑', above.map(({ cursor }) => cursor))
      this.show(this.below, '↓', below.map(({ cursor }) => cursor))
    })
  }

  private show(edge: HTMLElement, arrow: string, cursors: RemoteCursor[]): void {
    const shown = cursors.slice(0, MOST_NAMES)
    const key = JSON.stringify([shown.map(({ id, name, color, pattern }) => [id, name, color, pattern]), cursors.length])
    if (edge.dataset.key === key) return
    edge.dataset.key = key
    const buttons = shown.map(({ id, name, color, pattern }) => {
      const button = make('button', { type: 'button', tabIndex: -1 }, `${arrow} ${name}`)
      button.style.setProperty('--person', color)
      button.dataset.pattern = String(pattern)
      button.addEventListener('click', () => {
        const now = people(this.view.state).find((cursor) => cursor.id === id)
        if (now) this.goTo(now)
      })
      return button
    })
    const more = cursors.length - shown.length
    edge.replaceChildren(...buttons, ...(more > 0 ? [make('span', {}, `+${more}`)] : []))
  }
}

/** Going to where somebody is, and staying with them until one writes or scrolls oneself. */
import { EditorView, type ViewUpdate } from '@codemirror/view'
import { ySyncAnnotation } from 'y-codemirror.next'

import { make } from '../actions/picture'
import { type RemoteCursor, remoteCursors } from '../cursors'
import { person } from './people'
import { t } from '../words'

const SHOWN_MS = 8_000
const ENDS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const
const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'Tab', 'Escape'])

export class Following {
  private readonly dom = make('div', { className: 'collab-following', role: 'status', hidden: true })
  private readonly words = make('span')
  private readonly button = make('button', { type: 'button' })
  private met: { id: string; name: string } | null = null
  private following = false
  private timer = 0

  /** `went` hears that the text was scrolled for this. */
  constructor(
    private readonly view: EditorView,
    panes: HTMLElement,
    private readonly went: () => void,
  ) {
    this.dom.append(this.words, this.button)
    this.button.addEventListener('click', () => (this.following ? this.stop() : this.follow()))
    panes.append(this.dom)
    for (const event of ENDS) panes.addEventListener(event, this.interrupted, { passive: true })
  }

  /** Shows where this person is, and offers to stay with them. */
  goTo(id: string, name: string): void {
    const cursor = person(this.view.state, id)
    this.following = false
    this.met = { id, name }
    if (cursor) this.reveal(cursor)
    this.say(cursor ? t('Here is {name}', { name }) : t('{name} has no cursor in the text just now', { name }), t('Follow'), SHOWN_MS)
  }

  update(update: ViewUpdate): void {
    const own = update.docChanged && update.transactions.some((tr) => tr.docChanged && !tr.annotation(ySyncAnnotation))
    if (own) this.stop()
    if (!this.following || !this.met) return
    const moved = update.state.field(remoteCursors) !== update.startState.field(remoteCursors)
    if (moved || update.docChanged) window.requestAnimationFrame(() => this.keepUp())
  }

  destroy(): void {
    window.clearTimeout(this.timer)
  }

  private follow(): void {
    if (!this.met) return
    this.following = true
    this.say(t('Following {name}', { name: this.met.name }), t('Stop'), 0)
    this.keepUp()
  }

  private stop(): void {
    if (!this.following) return
    this.following = false
    this.say(t('No longer following {name}', { name: this.met?.name ?? '' }), '', 2_000)
  }

  private keepUp(): void {
    const cursor = this.following && this.met && person(this.view.state, this.met.id)
    if (!cursor) return
    const { top, bottom } = this.view.scrollDOM.getBoundingClientRect()
    const line = this.view.lineBlockAt(cursor.head)
    const margin = Math.min(120, (bottom - top) / 4)
    const inside = line.top + this.view.documentTop >= top + margin && line.bottom + this.view.documentTop <= bottom - margin
    if (!inside) this.reveal(cursor)
  }

  private reveal({ head }: RemoteCursor): void {
    this.went()
    this.view.dispatch({ effects: EditorView.scrollIntoView(head, { y: 'center' }) })
  }

  private say(words: string, offer: string, forMs: number): void {
    window.clearTimeout(this.timer)
    this.words.textContent = words
    this.button.textContent = offer
    this.button.hidden = !offer
    this.dom.hidden = false
    if (forMs > 0) this.timer = window.setTimeout(() => (this.dom.hidden = true), forMs)
  }

  private readonly interrupted = (event: Event): void => {
    if (this.dom.contains(event.target as Node)) return
    if (event instanceof KeyboardEvent && (MODIFIERS.has(event.key) || event.ctrlKey || event.metaKey)) return
    this.stop()
  }
}

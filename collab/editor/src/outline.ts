/** The headings beside the text: a click goes there, and the one that is being read is marked. */
import { EditorView, type ViewUpdate } from '@codemirror/view'

import { make } from './actions/picture'
import { type Heading, headingsOf } from './headings'
import { t } from './words'

const KEPT_AS = 'collab-outline'
const PAUSE_MS = 200
const WAIT_PER_WORK = 15
/** How far below the upper edge a heading counts as reached, in pixels. */
const REACHED = 60

export class Outline {
  /** Takes the focus of a click beside its buttons, so that Escape is heard there, too. */
  readonly dom = make('nav', { className: 'collab-outline', tabIndex: -1, 'aria-label': t('Outline') })
  /** Seen where the outline covers the text. */
  private readonly close = make('button', {
    type: 'button',
    className: 'icon-button icon-alone icon-close',
    title: t('Close'),
    'aria-label': t('Close'),
  })
  private readonly list = make('ul')
  private readonly none = make('p', {}, t('Headings (# like this) will be listed here.'))
  private headings: Heading[] = []
  private timer = 0
  private cost = 0
  private frame = 0

  /** `went` hears that a heading was chosen; `left` that the keyboard has no place any more, for it was in here. */
  constructor(
    private readonly view: EditorView,
    private readonly went: () => void,
    private readonly left: () => void,
  ) {
    this.dom.append(make('header', {}, make('h2', {}, t('Outline')), this.close), this.list, this.none)
    this.close.addEventListener('click', () => this.toggle())
    this.dom.addEventListener('keydown', ({ key }) => key === 'Escape' && this.toggle())
    this.dom.hidden = !kept()
    this.list.addEventListener('click', ({ target }) => this.go((target as Element).closest('button')))
    view.scrollDOM.addEventListener('scroll', this.moved, { passive: true })
    this.show()
  }

  toggle(): void {
    const inside = this.dom.contains(document.activeElement)
    this.dom.hidden = !this.dom.hidden
    try {
      localStorage.setItem(KEPT_AS, this.dom.hidden ? '' : 'open')
    } catch {
      // A browser that keeps nothing begins without the outline.
    }
    this.show()
    if (!this.dom.hidden) (this.list.querySelector('button') ?? this.close).focus()
    else if (inside) this.left()
  }

  update({ docChanged, geometryChanged, changes }: ViewUpdate): void {
    if (docChanged) {
      this.headings = this.headings.map((heading) => ({ ...heading, at: changes.mapPos(heading.at, 1) }))
      this.timer ||= window.setTimeout(() => this.show(), Math.max(PAUSE_MS, this.cost * WAIT_PER_WORK))
    } else if (geometryChanged) this.moved()
  }

  destroy(): void {
    window.clearTimeout(this.timer)
    window.cancelAnimationFrame(this.frame)
    this.view.scrollDOM.removeEventListener('scroll', this.moved)
  }

  private show(): void {
    window.clearTimeout(this.timer)
    this.timer = 0
    if (this.dom.hidden) return
    const begun = performance.now()
    const before = this.headings
    this.headings = headingsOf(this.view.state.doc)
    const same = before.length === this.headings.length && this.list.childElementCount === before.length
    if (!same || before.some(({ rank, words }, index) => differs(rank, words, this.headings[index]!))) this.fill()
    this.none.hidden = this.headings.length > 0
    this.cost = performance.now() - begun
    this.moved()
  }

  private fill(): void {
    const focused = [...this.list.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement)
    const highest = Math.min(...this.headings.map(({ rank }) => rank))
    this.list.replaceChildren(
      ...this.headings.map(({ rank, words }) => {
        const button = make('button', { type: 'button', title: words, dir: 'auto' }, words)
        button.style.setProperty('--depth', String(Math.min(4, rank - highest)))
        return make('li', {}, button)
      }),
    )
    this.list.querySelectorAll('button')[focused]?.focus()
  }

  private go(button: Element | null): void {
    const heading = this.headings[[...this.list.querySelectorAll('button')].indexOf(button as HTMLButtonElement)]
    if (!heading) return
    this.went()
    const effects = EditorView.scrollIntoView(heading.at, { y: 'start', yMargin: 16 })
    this.view.dispatch({ selection: { anchor: heading.at }, effects })
  }

  private readonly moved = (): void => {
    if (this.dom.hidden) return
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      const edge = this.view.scrollDOM.getBoundingClientRect().top - this.view.documentTop
      const top = this.view.lineBlockAtHeight(edge + REACHED).from
      const current = this.headings.findLastIndex(({ at }) => at <= top)
      this.list.querySelectorAll('button').forEach((button, index) => {
        if (index !== current) return button.removeAttribute('aria-current')
        if (button.hasAttribute('aria-current')) return
        button.setAttribute('aria-current', 'true')
        button.scrollIntoView({ block: 'nearest' })
      })
    })
  }
}

function differs(rank: number, words: string, other: Heading): boolean {
  return rank !== other.rank || words !== other.words
}

function kept(): boolean {
  try {
    return localStorage.getItem(KEPT_AS) === 'open' && window.matchMedia('(min-width: 48rem)').matches
  } catch {
    return false
  }
}

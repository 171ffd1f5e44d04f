/** The text as its readers see it, made from this page's own replica a moment after it changed. */
import { ChangeSet, MapMode, type Text } from '@codemirror/state'
import type { EditorView, ViewUpdate } from '@codemirror/view'

import { make } from '../actions/picture'
import type { Block } from './blocks'
import { dress, dressed } from './dress'
import { Later } from './later'
import { t } from '../words'

type Renderer = typeof import('./blocks')

/** The line of an item as it stands in the text, up to its box. */
const TASK = /^(?:[\s>]|[-*+]\s|\d+[.)]\s)*(?:[-*+]|\d+[.)])\s+(?=\[[ xX]\]\s)/
const SHORTEST_WAIT_MS = 60
/** At most a seventh of the time goes into the preview: typing comes first. */
const WAIT_PER_WORK = 6
/** Of a longer text only the beginning is shown. */
const LONGEST = 600_000
/** Paper waits for what is not here yet, but not for ever. */
const PAPER_WAITS_MS = 8_000
const renderer = new Later(() => import('./blocks'))

export class Preview {
  readonly dom = document.createElement('div')
  /** What is shown now; `elements` are its blocks on the page. */
  blocks: readonly Block[] = []
  elements: readonly HTMLElement[] = []
  private visible = false
  private markdown = true
  private timer = 0
  private cost = 0
  private shown: Text
  /** What happened to the text since it was shown. */
  private since: ChangeSet

  /** `step` makes what happens in it one step of undo; `drawn` hears that something else is shown. */
  constructor(
    private readonly view: EditorView,
    private readonly step: (work: () => void) => void,
    private readonly drawn: () => void,
  ) {
    this.shown = view.state.doc
    this.since = ChangeSet.empty(this.shown.length)
    Object.assign(this.dom, { className: 'collab-preview', tabIndex: 0 })
    this.dom.setAttribute('role', 'region')
    this.dom.setAttribute('aria-label', t('Preview'))
    // What the stylesheet says where there is no text, and below one that is too long.
    const empty = t('Nothing is written yet.')
    const cut = t('The text goes on. Of one as long as this, only the beginning is shown here.')
    Object.assign(this.dom.dataset, { testid: 'preview', empty, cut })
    this.dom.addEventListener('click', this.clicked)
  }

  /** Whether the text is Markdown: what else is written reads as it is written. */
  setMarkdown(markdown: boolean): void {
    this.markdown = markdown
  }

  show(visible: boolean): void {
    this.visible = visible
    if (visible) void this.draw()
  }

  update({ docChanged, changes, state, startState }: ViewUpdate): void {
    if (docChanged) this.since = this.since.compose(changes)
    if (docChanged || state.readOnly !== startState.readOnly) this.soon()
  }

  destroy(): void {
    window.clearTimeout(this.timer)
    this.visible = false
  }

  private readonly soon = (): void => {
    if (!this.visible || this.timer) return
    this.timer = window.setTimeout(() => void this.draw(), Math.max(SHORTEST_WAIT_MS, this.cost * WAIT_PER_WORK))
  }

  /** Resolves when the text can be printed as it reads, at the latest after some seconds. */
  async paper(): Promise<void> {
    const waited = new Promise((resolve) => window.setTimeout(resolve, PAPER_WAITS_MS))
    await Promise.race([this.complete(), waited])
  }

  private async complete(): Promise<void> {
    if (this.markdown) await renderer.tried()
    this.drawNow()
    await dressed()
    await Promise.allSettled([...this.dom.querySelectorAll('img')].map((image) => image.decode()))
  }

  private async draw(): Promise<void> {
    window.clearTimeout(this.timer)
    this.timer = 0
    await renderer.tried()
    if (this.visible) this.drawNow()
    if (!renderer.module) renderer.use(this.soon)
  }

  /** What is to be printed has to be there at once; what is not ready is shown as it is written. */
  readonly drawNow = (): void => {
    const begun = performance.now()
    const { doc } = this.view.state
    if (renderer.module && this.markdown) this.drawBlocks(doc, renderer.module)
    else this.drawPlain(doc)
    this.dom.classList.toggle('cut', this.markdown && doc.length > LONGEST)
    this.dom.classList.toggle('empty', this.dom.childElementCount === 0)
    this.cost = performance.now() - begun
    this.drawn()
  }

  private drawPlain(doc: Text): void {
    const text = this.markdown ? doc.sliceString(0, LONGEST) : doc.toString()
    this.dom.replaceChildren(...(text ? [make('div', { className: 'preview-block preview-plain' }, text)] : []))
    this.blocks = this.elements = []
  }

  private drawBlocks(doc: Text, made: Renderer): void {
    if (this.elements.length === 0) this.dom.replaceChildren()
    this.shown = doc
    this.since = ChangeSet.empty(doc.length)
    this.put(made.blocksOf(doc.sliceString(0, LONGEST)), made)
    const { readOnly } = this.view.state
    for (const box of this.dom.querySelectorAll<HTMLInputElement>('.preview-task')) box.disabled = readOnly
  }

  /** Changes on the page only the blocks that are not as they were. */
  private put(blocks: Block[], { clean }: Renderer): void {
    const [before, old] = [this.blocks, this.elements]
    const same = (a: number, b: number): boolean => before[a]?.html === blocks[b]?.html
    const least = Math.min(before.length, blocks.length)
    let [first, last] = [0, 0]
    while (first < least && same(first, first)) first += 1
    while (last < least - first && same(before.length - 1 - last, blocks.length - 1 - last)) last += 1
    const made = blocks.slice(first, blocks.length - last).map(({ html }) => {
      const element = document.createElement('div')
      element.className = 'preview-block'
      element.dir = 'auto'
      element.append(clean(html))
      dress(element)
      return element
    })
    const next = old[old.length - last] ?? null
    for (const element of old.slice(first, old.length - last)) element.remove()
    for (const element of made) this.dom.insertBefore(element, next)
    this.blocks = blocks
    this.elements = [...old.slice(0, first), ...made, ...old.slice(old.length - last)]
  }

  private readonly clicked = (event: MouseEvent): void => {
    const target = event.target as Element
    if (target instanceof HTMLInputElement) return this.tick(target, event)
    const address = target.closest('a')?.getAttribute('href')
    if (!address?.startsWith('#')) return
    event.preventDefault()
    this.dom.querySelector(`#${CSS.escape(address.slice(1))}`)?.scrollIntoView({ block: 'center' })
  }

  /** Ticking a box changes the line that it was made of, wherever that is by now. */
  private tick(box: HTMLInputElement, event: Event): void {
    const block = this.blocks[this.elements.indexOf(box.closest<HTMLElement>('.preview-block')!)]
    const line = this.shown.line((block?.from ?? 0) + Number(box.dataset.line) + 1)
    const found = TASK.exec(line.text)
    const at = found && this.since.mapPos(line.from + found[0].length, 1, MapMode.TrackAfter)
    const { state } = this.view
    if (at === null || state.readOnly || !/^\[[ xX]\]$/.test(state.sliceDoc(at, at + 3))) return event.preventDefault()
    const changes = { from: at + 1, to: at + 2, insert: box.checked ? 'x' : ' ' }
    this.step(() => this.view.dispatch({ changes, userEvent: 'input.tick' }))
    void this.draw()
  }
}

/** Text and preview scroll in step: whichever a person is at leads, the other follows. */
import type { EditorView } from '@codemirror/view'

import type { Preview } from './preview'

const AT_IT = ['pointerenter', 'pointerdown', 'wheel', 'touchstart', 'focusin', 'keydown'] as const

export class Scrolling {
  private leader: 'text' | 'preview' = 'text'
  private frame = 0

  constructor(
    private readonly view: EditorView,
    private readonly preview: Preview,
  ) {
    const panes = { text: view.dom, preview: preview.dom }
    for (const [name, pane] of Object.entries(panes) as ['text' | 'preview', HTMLElement][]) {
      for (const event of AT_IT) pane.addEventListener(event, () => (this.leader = name), { passive: true })
    }
    view.scrollDOM.addEventListener('scroll', () => this.leader === 'text' && this.align(), { passive: true })
    preview.dom.addEventListener('scroll', () => this.leader === 'preview' && this.align(), { passive: true })
  }

  /** From now on this one leads. */
  lead(leader: 'text' | 'preview'): void {
    this.leader = leader
  }

  /** Brings the follower to where the leader is. */
  readonly align = (): void => {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      if (this.preview.elements.length === 0 || this.preview.dom.offsetParent === null) return
      if (this.leader === 'text') this.preview.dom.scrollTop = this.heightOf(this.lineOfText())
      else this.scrollText(this.lineOfPreview())
    })
  }

  /** Lines above the upper edge of the text, the last of them in part. */
  private lineOfText(): number {
    const { state, scrollDOM, documentTop } = this.view
    const edge = scrollDOM.getBoundingClientRect().top - documentTop
    const block = this.view.lineBlockAtHeight(edge)
    const part = Math.min(1, Math.max(0, (edge - block.top) / block.height))
    return state.doc.lineAt(block.from).number - 1 + part
  }

  private scrollText(line: number): void {
    const { state, scrollDOM } = this.view
    const number = Math.min(state.doc.lines, Math.floor(line) + 1)
    const block = this.view.lineBlockAt(state.doc.line(number).from)
    const padding = this.view.documentPadding.top
    scrollDOM.scrollTop = line === 0 ? 0 : padding + block.top + (line - number + 1) * block.height
  }

  private lineOfPreview(): number {
    const top = this.preview.dom.scrollTop
    if (top <= 0) return 0
    const index = this.last((element) => element.offsetTop <= top)
    const [from, to, above, below] = this.span(index)
    return from + ((to - from) * Math.min(1, Math.max(0, (top - above) / (below - above || 1))))
  }

  private heightOf(line: number): number {
    if (line === 0) return 0
    const index = this.last((_, number) => this.preview.blocks[number]!.from <= line)
    const [from, to, above, below] = this.span(index)
    return above + (below - above) * Math.min(1, Math.max(0, (line - from) / (to - from || 1)))
  }

  /** From which line to which, and from which height to which, a block and the gap behind it reach. */
  private span(index: number): [from: number, to: number, above: number, below: number] {
    const { blocks, elements } = this.preview
    const [block, element, next] = [blocks[index]!, elements[index]!, elements[index + 1]]
    const to = Math.max(blocks[index + 1]?.from ?? 0, block.to)
    return [block.from, to, element.offsetTop, next?.offsetTop ?? element.offsetTop + element.offsetHeight]
  }

  /** The last block for which this holds, of blocks for the first of which it holds; the first if for none. */
  private last(holds: (element: HTMLElement, index: number) => boolean): number {
    const { elements } = this.preview
    let [low, high] = [0, elements.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (holds(elements[middle]!, middle)) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }
}

/** What is drawn for others: a shade behind what they have selected, a caret with a small flag of their name. */
import { type Extension } from '@codemirror/state'
import { EditorView, type LayerMarker, type RectangleMarker } from '@codemirror/view'

import type { RemoteCursor } from './cursors'

const FLAG_HEIGHT = 22
const HOVER_REACH = 6

/** One rectangle of somebody's selection. */
export class Shade implements LayerMarker {
  constructor(
    private readonly box: RectangleMarker,
    private readonly color: string,
  ) {}

  eq(other: Shade): boolean {
    return this.color === other.color && this.box.eq(other.box)
  }

  draw(): HTMLElement {
    const dom = this.box.draw()
    dom.className = 'cm-collab-shade'
    dom.style.setProperty('--collab-color', this.color)
    return dom
  }
}

/** Somebody's caret. Its flag shows by itself for two seconds after each move, and under the mouse. */
export class Caret implements LayerMarker {
  constructor(
    private readonly box: RectangleMarker,
    private readonly client: number,
    private readonly cursor: RemoteCursor,
    private readonly width: number,
  ) {}

  eq(other: Caret): boolean {
    const { name, color, pattern, moves } = this.cursor
    const same = this.client === other.client && this.box.eq(other.box) && this.width === other.width
    return same && name === other.cursor.name && color === other.cursor.color && pattern === other.cursor.pattern && moves === other.cursor.moves
  }

  draw(): HTMLElement {
    const dom = document.createElement('div')
    const flag = dom.appendChild(document.createElement('div'))
    flag.className = 'cm-collab-flag'
    this.adjust(dom, flag)
    return dom
  }

  update(dom: HTMLElement, previous: Caret): boolean {
    const flag = dom.firstElementChild
    if (previous.client !== this.client || !(flag instanceof HTMLElement)) return false
    this.adjust(dom, flag)
    return true
  }

  private adjust(dom: HTMLElement, flag: HTMLElement): void {
    const { left, top, height } = this.box
    const { name, color, pattern, moves, movedAt } = this.cursor
    dom.className = 'cm-collab-caret'
    dom.dataset.pattern = String(pattern)
    dom.classList.toggle('cm-collab-low', top < FLAG_HEIGHT)
    dom.classList.toggle('cm-collab-leftward', left > this.width / 2)
    Object.assign(dom.style, { left: `${left}px`, top: `${top}px`, height: `${height}px` })
    dom.style.setProperty('--collab-color', color)
    flag.dataset.name = name
    // Two names for one animation: a change of name is what starts it again. It may have begun off screen.
    flag.style.animationName = moves % 2 === 0 ? 'collab-flag-even' : 'collab-flag-odd'
    flag.style.animationDelay = `${Math.round(movedAt - performance.now())}ms`
  }
}

/**
 * Shows the name of a caret that the mouse comes near. The carets themselves take no mouse events: they would
 * be in the way of clicks into the text.
 */
export function flagsUnderMouse(): Extension {
  let frame = 0
  return EditorView.domEventObservers({
    mousemove(event, view) {
      if (frame) return
      frame = requestAnimationFrame(() => {
        frame = 0
        for (const caret of view.scrollDOM.querySelectorAll('.cm-collab-caret')) {
          caret.classList.toggle('cm-collab-near', isNear(caret.getBoundingClientRect(), event))
        }
      })
    },
  })
}

function isNear(box: DOMRect, { clientX, clientY }: MouseEvent): boolean {
  return Math.abs(clientX - box.left) <= HOVER_REACH && clientY >= box.top && clientY <= box.bottom
}

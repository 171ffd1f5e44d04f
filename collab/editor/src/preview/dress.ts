/** Colours, formulas and diagrams in what is shown. Each is loaded when the first text needs it. */

import { Later } from './later'

const colours = new Later(() => import('./code'))
const formulas = new Later(() => import('./formula'))
const diagrams = new Later(() => import('./diagram'))
const drawn = new Map<string, string>()
const MOST_DRAWN = 100
/** Diagrams that are being drawn. */
let drawing: Promise<unknown> = Promise.resolve()

export function dress(block: HTMLElement): void {
  for (const code of block.querySelectorAll<HTMLElement>('pre > code[class*="language-"]')) {
    if (code.classList.contains('language-mermaid')) drawInstead(code)
    else colours.use(({ colour }) => colour(code))
  }
  for (const place of block.querySelectorAll<HTMLElement>('.preview-math')) {
    formulas.use(({ setFormula }) => setFormula(place))
  }
  // What scrolls by itself is scrolled by keyboard, too; it depends on the screen which of them does.
  for (const wide of block.querySelectorAll<HTMLElement>('pre, table, .preview-math[data-display]')) wide.tabIndex = 0
}

/** Resolves when everything has what it is to have, as far as that can be had just now. */
export async function dressed(): Promise<void> {
  await Promise.all([colours, formulas, diagrams].map((part) => part.done()))
  await drawing
}

function drawInstead(code: HTMLElement): void {
  const source = code.textContent ?? ''
  const place = code.parentElement!
  const ready = drawn.get(source)
  if (ready) return show(place, source, ready)
  diagrams.use(({ draw }) => {
    const shown = draw(source).then(
      (address) => {
        if (drawn.size >= MOST_DRAWN) drawn.clear()
        drawn.set(source, address)
        show(place, source, address)
      },
      (error: Error) => place.setAttribute('title', error.message),
    )
    drawing = Promise.all([drawing, shown])
  })
}

function show(place: HTMLElement, source: string, address: string): void {
  const picture = Object.assign(document.createElement('img'), { src: address, alt: source, className: 'preview-diagram' })
  place.replaceWith(picture)
}

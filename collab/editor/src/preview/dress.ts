/** Colours, formulas and diagrams in what is shown. Each is loaded when the first text needs it. */

/** A part of the program that is fetched on first use, and at once at hand from then on. */
class Later<T> {
  private module: T | null = null
  private coming: Promise<void> | null = null
  private readonly waiting: ((module: T) => void)[] = []

  constructor(private readonly load: () => Promise<T>) {}

  use(act: (module: T) => void): void {
    if (this.module) return act(this.module)
    this.waiting.push(act)
    this.coming ??= this.load().then(
      (module) => {
        this.module = module
        for (const next of this.waiting.splice(0)) next(module)
      },
      () => {
        this.coming = null // without a connection it is tried again with the next block
      },
    )
  }
}

const colours = new Later(() => import('./code'))
const formulas = new Later(() => import('./formula'))
const diagrams = new Later(() => import('./diagram'))
const drawn = new Map<string, string>()
const MOST_DRAWN = 100

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

function drawInstead(code: HTMLElement): void {
  const source = code.textContent ?? ''
  const place = code.parentElement!
  const ready = drawn.get(source)
  if (ready) return show(place, source, ready)
  diagrams.use(({ draw }) => {
    draw(source).then(
      (address) => {
        if (drawn.size >= MOST_DRAWN) drawn.clear()
        drawn.set(source, address)
        show(place, source, address)
      },
      (error: Error) => place.setAttribute('title', error.message),
    )
  })
}

function show(place: HTMLElement, source: string, address: string): void {
  const picture = Object.assign(document.createElement('img'), { src: address, alt: source, className: 'preview-diagram' })
  place.replaceWith(picture)
}

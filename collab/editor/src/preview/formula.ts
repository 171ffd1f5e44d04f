/** Formulas as MathML, which browsers set themselves and read aloud. Loaded when a text has one. */
import katex from 'katex'

/** Sets the formula that an element holds as text. */
export function setFormula(place: HTMLElement): void {
  const source = place.textContent ?? ''
  const displayMode = place.dataset.display !== undefined
  place.title = source
  katex.render(source, place, { output: 'mathml', displayMode, throwOnError: false, trust: false, maxExpand: 200, maxSize: 20 })
}

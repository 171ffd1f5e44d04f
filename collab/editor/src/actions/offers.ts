/** What the page around an editor offers in its palette. */
import type { Action } from './action'

export interface Offer {
  name: string
  words: string
  /** A button of the page that does it, as CSS names it; empty where the server does it. */
  button: string
}

/** `act` has the server do what is offered under this number. */
export function offered(offers: readonly Offer[], act: (number: number) => void): Action[] {
  return offers.map(({ name, words, button }, number) => ({
    name,
    words,
    group: 'Page',
    run: () => (button ? press(button) : act(number)),
  }))
}

/** At once, while the browser handles a click or a key: only then do pages copy. */
function press(selector: string): void {
  const button = document.querySelector<HTMLElement>(selector)
  if (!button || button.closest('[inert]')) return
  // From there the keyboard goes on into what it opens; what opens nothing leaves it in the text.
  if (button.hasAttribute('popovertarget')) button.focus()
  button.click()
}

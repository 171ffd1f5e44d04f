/** A row of buttons for what is done to a text most often. */
import { type Action, ariaKey, keyWords } from './action'
import { make, picture } from './picture'
import { t } from '../words'

/** Tab goes to the row and on from it; the arrows go along it (https://www.w3.org/WAI/ARIA/apg/patterns/toolbar/). */
export function toolbar(actions: readonly Action[], act: (action: Action) => void): HTMLElement {
  const row = make('div', { className: 'collab-toolbar', role: 'toolbar', 'aria-label': t('Formatting') })
  const buttons = actions.filter(({ icon, aside }) => icon && !aside).map((action, index) => {
    const button = row.appendChild(buttonFor(action, act))
    button.tabIndex = index === 0 ? 0 : -1
    // The text keeps the focus, and a phone its keyboard.
    button.addEventListener('mousedown', (event) => event.preventDefault())
    return button
  })
  row.addEventListener('keydown', (event) => {
    const on = getComputedStyle(row).direction === 'rtl' ? -1 : 1
    const step = { ArrowRight: on, ArrowLeft: -on, Home: -buttons.length, End: buttons.length }[event.key]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    if (step === undefined || at < 0) return
    event.preventDefault()
    const next = buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]!
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1
    next.focus()
  })
  return row
}

/** The buttons that stand apart. */
export function asideOf(actions: readonly Action[], act: (action: Action) => void): HTMLElement {
  const buttons = actions.filter(({ aside }) => aside).map((action) => buttonFor(action, act))
  return make('div', { className: 'collab-tools-aside' }, ...buttons)
}

function buttonFor(action: Action, act: (action: Action) => void): HTMLButtonElement {
  const { name, key, icon, points, id } = action
  const button = make('button', { type: 'button', title: key ? `${name} (${keyWords(key)})` : name, 'aria-label': name })
  if (key) button.setAttribute('aria-keyshortcuts', ariaKey(key))
  if (id) button.dataset.action = id
  button.append(picture(icon!))
  button.classList.toggle('points', points === true)
  button.addEventListener('click', () => act(action))
  return button
}

/** Everything that can be done, found by a few letters of its name, without a mouse. */
import { type Action, GROUPS, keyWords } from './action'
import { make } from './picture'
import { t } from '../words'

export class Palette {
  readonly dom: HTMLDialogElement
  private readonly field = make('input', { type: 'text', placeholder: t('What do you want to do?'), autocomplete: 'off' })
  private readonly list = make('ul', { role: 'listbox', id: 'collab-palette-list', 'aria-label': t('Actions') })
  private readonly none = make('p', { className: 'collab-palette-none', role: 'status' })
  private found: readonly Action[] = []
  private at = 0

  /** `actions` are asked for at each opening: what can be done now. */
  constructor(
    private readonly actions: () => readonly Action[],
    private readonly act: (action: Action) => void,
  ) {
    const attributes = { role: 'combobox', 'aria-label': t('Look for an action'), 'aria-expanded': 'true' }
    for (const [name, value] of Object.entries(attributes)) this.field.setAttribute(name, value)
    this.field.setAttribute('aria-controls', this.list.id)
    this.dom = make('dialog', { className: 'collab-palette', 'aria-label': t('All actions') }, this.field, this.list, this.none)
    this.field.addEventListener('input', () => this.look())
    this.field.addEventListener('keydown', (event) => this.key(event))
    this.dom.addEventListener('click', (event) => this.clicked(event))
  }

  open(): void {
    if (this.dom.open) return
    this.field.value = ''
    this.dom.showModal()
    this.look()
  }

  private look(): void {
    this.found = find(this.actions(), this.field.value)
    this.at = 0
    this.none.textContent = this.found.length === 0 ? t('Nothing here is called so.') : ''
    this.list.replaceChildren(
      ...this.found.map(({ name, key, group }, index) => {
        const option = make('li', { role: 'option', id: `collab-palette-${index}` })
        option.append(make('span', {}, name), make('small', {}, GROUPS[group]))
        if (key) option.append(make('kbd', {}, keyWords(key)))
        return option
      }),
    )
    this.choose(0)
  }

  private choose(index: number): void {
    const options = [...this.list.children]
    this.at = Math.max(0, Math.min(options.length - 1, index))
    options.forEach((option, number) => option.setAttribute('aria-selected', String(number === this.at)))
    const chosen = options[this.at]
    this.field.setAttribute('aria-activedescendant', chosen?.id ?? '')
    chosen?.scrollIntoView({ block: 'nearest' })
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key]
    if (step !== undefined) this.choose(this.at + step)
    else if (event.key === 'Enter' && !event.isComposing) this.take(this.at)
    else return
    event.preventDefault()
  }

  private clicked(event: MouseEvent): void {
    const option = (event.target as Element).closest('[role=option]')
    if (option) this.take([...this.list.children].indexOf(option))
    else if (event.target === this.dom) this.dom.close()
  }

  private take(index: number): void {
    const action = this.found[index]
    if (!action) return
    this.dom.close()
    this.act(action)
  }
}

/** Those in which the letters come in this order, the best first: beginnings of words count most. */
export function find(actions: readonly Action[], wanted: string): readonly Action[] {
  const letters = wanted.toLowerCase().replace(/\s+/g, '')
  if (!letters) return actions
  const scored = actions.map((action) => {
    const own = score(action.name.toLowerCase(), letters)
    return { action, points: Math.max(own && own + 2, score(action.words.toLowerCase(), letters)) }
  })
  return scored.filter(({ points }) => points > 0).sort((a, b) => b.points - a.points).map(({ action }) => action)
}

function score(name: string, letters: string): number {
  let [points, from, run] = [0, 0, 0]
  for (const letter of letters) {
    const at = name.indexOf(letter, from)
    if (at < 0) return 0
    run = at === from ? run + 1 : 1
    points += run + (at === 0 || name[at - 1] === ' ' ? 3 : 0)
    from = at + 1
  }
  const whole = name.replace(/\s+/g, '').includes(letters) ? 4 : 0
  return points / letters.length + whole - name.length / 1_000
}

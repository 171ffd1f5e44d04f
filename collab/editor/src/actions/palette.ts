/** Everything that can be done, found by a few letters of its name, without a mouse. */
import { keyWords } from './action'
import { make } from './picture'

/** One thing to choose. */
export interface Choice {
  name: string
  /** Other words that people look for. */
  words: string
  /** Said beside its name. */
  group?: string
  key?: string
}

export interface PaletteWords {
  label: string
  /** In the empty field. */
  field: string
  /** When nothing is found. */
  none: string
  /** How the groups are called, where that is not their own name. */
  groups?: Record<string, string>
}

export class Palette<C extends Choice> {
  readonly dom: HTMLDialogElement
  private readonly field = make('input', { type: 'text', autocomplete: 'off' })
  private readonly list = make('ul', { role: 'listbox' })
  private readonly none = make('p', { className: 'collab-palette-none', role: 'status' })
  private found: readonly C[] = []
  private at = 0

  /** `choices` are asked for at each opening: what there is now. `id` is its own on the page. */
  constructor(
    private readonly id: string,
    private readonly words: PaletteWords,
    private readonly choices: () => readonly C[],
    private readonly act: (choice: C) => void,
  ) {
    this.field.placeholder = words.field
    this.list.id = `${id}-list`
    this.list.setAttribute('aria-label', words.label)
    const attributes = { role: 'combobox', 'aria-label': words.field, 'aria-expanded': 'true' }
    for (const [name, value] of Object.entries(attributes)) this.field.setAttribute(name, value)
    this.field.setAttribute('aria-controls', this.list.id)
    this.dom = make('dialog', { className: 'collab-palette', 'aria-label': words.label }, this.field, this.list, this.none)
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
    this.found = find(this.choices(), this.field.value)
    this.at = 0
    this.none.textContent = this.found.length === 0 ? this.words.none : ''
    this.list.replaceChildren(
      ...this.found.map(({ name, key, group }, index) => {
        const option = make('li', { role: 'option', id: `${this.id}-${index}` })
        option.append(make('span', {}, name))
        if (group) option.append(make('small', {}, this.words.groups?.[group] ?? group))
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
    const choice = this.found[index]
    if (!choice) return
    this.dom.close()
    this.act(choice)
  }
}

/** Those in which the letters come in this order, the best first: beginnings of words count most. */
export function find<C extends Choice>(choices: readonly C[], wanted: string): readonly C[] {
  const letters = wanted.toLowerCase().replace(/\s+/g, '')
  if (!letters) return choices
  const scored = choices.map((choice) => {
    const own = score(choice.name.toLowerCase(), letters)
    return { choice, points: Math.max(own && own + 2, score(choice.words.toLowerCase(), letters)) }
  })
  return scored.filter(({ points }) => points > 0).sort((a, b) => b.points - a.points).map(({ choice }) => choice)
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

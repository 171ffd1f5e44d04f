/** A sheet that says which keys there are, and how Markdown is written. */
import { type Action, keyWords } from './action'
import { make } from './picture'

const GROUPS: readonly Action['group'][] = ['Text', 'Lines', 'Insert', 'Edit', 'View', 'Page']
const MARKDOWN: readonly [written: string, means: string][] = [
  ['# Title, ## Section', 'headings'],
  ['**bold**, *italic*, ~~gone~~', 'words'],
  ['- point, 1. step', 'lists'],
  ['- [ ] to do', 'a task to tick'],
  ['> quoted', 'a quote'],
  ['[words](https://…)', 'a link'],
  ['`code`, ```python', 'code, a block of it'],
  ['| a | b |', 'a table'],
  ['text[^1] and [^1]: note', 'a footnote'],
  ['$a^2 + b^2$, $$ … $$', 'formulas'],
  ['```mermaid', 'a diagram'],
]

export class Help {
  readonly dom = make('dialog', { className: 'collab-help', 'aria-labelledby': 'collab-help-title' })

  constructor(private readonly actions: () => readonly Action[]) {
    this.dom.addEventListener('click', ({ target }) => target === this.dom && this.dom.close())
  }

  open(): void {
    if (this.dom.open) return
    const close = make('button', { type: 'button', className: 'button', textContent: 'Close' })
    close.addEventListener('click', () => this.dom.close())
    const title = make('h2', { id: 'collab-help-title' }, 'Keys and Markdown')
    const sheet = make('div', { className: 'collab-help-sheet', tabIndex: 0, role: 'group', 'aria-label': 'Keys and Markdown' })
    sheet.append(...GROUPS.map((group) => this.group(group)).filter((part) => part !== null), markdown())
    this.dom.replaceChildren(make('header', {}, title, close), sheet)
    this.dom.showModal()
  }

  private group(group: Action['group']): HTMLElement | null {
    const rows = this.actions().filter((action) => action.group === group && action.key)
    if (rows.length === 0) return null
    const lines = rows.flatMap(({ name, key }) => [make('dt', {}, name), make('dd', {}, make('kbd', {}, keyWords(key!)))])
    return make('section', {}, make('h3', {}, group), make('dl', {}, ...lines))
  }
}

function markdown(): HTMLElement {
  const lines = MARKDOWN.flatMap(([written, means]) => [make('dt', {}, make('code', {}, written)), make('dd', {}, means)])
  return make('section', { className: 'wide' }, make('h3', {}, 'Markdown'), make('dl', {}, ...lines))
}

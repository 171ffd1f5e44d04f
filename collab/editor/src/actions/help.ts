/** A sheet that says which keys there are, and how Markdown is written. */
import { type Action, GROUPS, keyWords } from './action'
import { make } from './picture'
import { t } from '../words'

const MARKDOWN: readonly [written: string, means: string][] = [
  [t('# Title, ## Section'), t('headings')],
  [t('**bold**, *italic*, ~~gone~~'), t('words')],
  [t('- point, 1. step'), t('lists')],
  [t('- [ ] to do'), t('a task to tick')],
  [t('> quoted'), t('a quote')],
  [t('[words](https://…)'), t('a link')],
  ['`code`, ```python', t('code, a block of it')],
  ['| a | b |', t('a table')],
  [t('text[^1] and [^1]: note'), t('a footnote')],
  ['$a^2 + b^2$, $$ … $$', t('formulas')],
  ['```mermaid', t('a diagram')],
]

export class Help {
  readonly dom = make('dialog', { className: 'collab-help', 'aria-labelledby': 'collab-help-title' })

  constructor(private readonly actions: () => readonly Action[]) {
    this.dom.addEventListener('click', ({ target }) => target === this.dom && this.dom.close())
  }

  open(): void {
    if (this.dom.open) return
    const close = make('button', { type: 'button', className: 'button', textContent: t('Close') })
    close.addEventListener('click', () => this.dom.close())
    const title = make('h2', { id: 'collab-help-title' }, t('Keys and Markdown'))
    const sheet = make('div', { className: 'collab-help-sheet', tabIndex: 0, role: 'group', 'aria-label': t('Keys and Markdown') })
    sheet.append(...(Object.keys(GROUPS) as Action['group'][]).map((group) => this.group(group)).filter((part) => part !== null), markdown())
    this.dom.replaceChildren(make('header', {}, title, close), sheet)
    this.dom.showModal()
  }

  private group(group: Action['group']): HTMLElement | null {
    const rows = this.actions().filter((action) => action.group === group && action.key)
    if (rows.length === 0) return null
    const lines = rows.flatMap(({ name, key }) => [make('dt', {}, name), make('dd', {}, make('kbd', {}, keyWords(key!)))])
    return make('section', {}, make('h3', {}, GROUPS[group]), make('dl', {}, ...lines))
  }
}

function markdown(): HTMLElement {
  const lines = MARKDOWN.flatMap(([written, means]) => [make('dt', {}, make('code', { dir: 'auto' }, written)), make('dd', {}, means)])
  return make('section', { className: 'wide' }, make('h3', {}, 'Markdown'), make('dl', {}, ...lines))
}

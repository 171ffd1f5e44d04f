/** What a text is written in: a button that says it, and all there is to choose from. */
import { languages } from 'nicegui-codemirror'

import { make } from './picture'
import { type Choice, Palette } from './palette'
import { t } from '../words'

const PLAIN = t('Plain text')
const MARKDOWN = 'Markdown'

export class Languages {
  readonly button = make('button', { type: 'button', className: 'collab-language', title: t('What the text is written in') })
  private readonly list: Palette<Choice>
  private chosen = MARKDOWN

  constructor(private readonly choose: (name: string) => void) {
    const words = { label: t('Language of the text'), field: t('Look for a language'), none: t('No language is called so.') }
    this.list = new Palette('collab-languages', words, () => this.choices(), ({ name }) => this.take(name))
    this.button.addEventListener('click', () => this.open())
    this.show(MARKDOWN)
  }

  get dom(): HTMLElement {
    return this.list.dom
  }

  readonly open = (): void => {
    if (!this.button.disabled) this.list.open()
  }

  show(name: string): void {
    this.chosen = name || PLAIN
    this.button.textContent = this.chosen
    this.button.setAttribute('aria-label', t('Language of the text: {language}', { language: this.chosen }))
  }

  private choices(): Choice[] {
    const all: Choice[] = languages.map(({ name, alias }) => ({ name, words: alias.join(' ') }))
    const first = all.filter(({ name }) => name === MARKDOWN)
    const rest = all.filter(({ name }) => name !== MARKDOWN)
    const choices = [...first, { name: PLAIN, words: t('none text txt') }, ...rest]
    return choices.map((choice) => (choice.name === this.chosen ? { ...choice, group: t('now') } : choice))
  }

  private take(name: string): void {
    this.choose(name === PLAIN ? '' : name)
  }
}

/** Tools for Markdown, and how it reads, belong to such texts only. */
export function isMarkdown(language: string): boolean {
  return language.toLowerCase() === 'markdown'
}

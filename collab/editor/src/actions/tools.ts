/** Toolbar, keys, palette and help, made of the one table of actions. */
import { type Extension, Prec } from '@codemirror/state'
import { keymap } from '@codemirror/view'

import { type Action, GROUPS, type Reach, isKey } from './action'
import { Help } from './help'
import { Palette } from './palette'
import { ACTIONS } from './table'
import { asideOf, toolbar } from './toolbar'
import { t } from '../words'

const WORDS = { label: t('All actions'), field: t('What do you want to do?'), none: t('Nothing here is called so.'), groups: GROUPS }
const FIELDS = 'input, textarea, select, [contenteditable="true"]'

export class Tools {
  private readonly palette = new Palette<Action>('collab-palette', WORDS, () => this.possible(), (action) => this.act(action))
  private readonly help = new Help(() => this.all())
  private more: readonly Action[] = []
  private readonly row: HTMLElement
  private markdown = true

  /** `step` makes whatever happens in it one step of undo. */
  constructor(
    root: HTMLElement,
    place: HTMLElement,
    private readonly reach: Omit<Reach, 'open'>,
    private readonly step: (work: () => void) => void,
  ) {
    this.row = toolbar(ACTIONS, (action) => this.act(action))
    place.append(this.row, asideOf(ACTIONS, (action) => this.act(action)))
    root.append(this.palette.dom, this.help.dom)
    document.addEventListener('keydown', this.onKey)
  }

  /** Keys in the text. Undo, redo and find have theirs already. */
  readonly keys: Extension = Prec.high(
    keymap.of(
      ACTIONS.filter(({ key, group }) => key && key !== '?' && group !== 'Edit').map((action) => ({
        key: action.key!,
        preventDefault: true,
        run: () => {
          this.act(action)
          return true
        },
      })),
    ),
  )

  /** What can be done on the page around the editor. */
  setMore(actions: readonly Action[]): void {
    this.more = actions
  }

  setReadOnly(readOnly: boolean): void {
    for (const each of this.row.querySelectorAll('button')) each.disabled = readOnly
  }

  /** Whether the text is Markdown: what else is written has no use for its signs. */
  setMarkdown(markdown: boolean): void {
    this.markdown = markdown
  }

  destroy(): void {
    document.removeEventListener('keydown', this.onKey)
  }

  private all(): Action[] {
    return [...ACTIONS, ...this.more]
  }

  private possible(): Action[] {
    const reading = this.reach.view.state.readOnly || this.reach.mode() === 'read'
    return this.all().filter(({ writes, markdown }) => !(writes && reading) && !(markdown && !this.markdown))
  }

  private open(what: 'palette' | 'help'): void {
    this[what].open()
  }

  private act(action: Action): void {
    const { view } = this.reach
    if (!this.possible().includes(action)) return
    const reach: Reach = { ...this.reach, open: (what) => this.open(what) }
    if (!action.writes) return action.run(reach)
    this.step(() => action.run(reach))
    view.focus()
  }

  /** Keys outside the text; `?` only where it cannot be meant as a letter. */
  private readonly onKey = (event: KeyboardEvent): void => {
    const target = event.target as Element | null
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open], .q-dialog')) return
    // Find is the browser's own there.
    const action = ACTIONS.find(({ key, group }) => key && group === 'View' && isKey(event, key))
    if (!action || (action.key === '?' && target?.closest(FIELDS))) return
    this.act(action)
    event.preventDefault()
  }
}

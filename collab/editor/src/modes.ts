/** Whether one writes, reads, or sees both side by side; remembered by the browser. */
import { t } from './words'

export type Mode = 'write' | 'both' | 'read'

export const MODES: readonly { mode: Mode; name: string; words: string }[] = [
  { mode: 'write', name: t('Write'), words: t('The text alone') },
  { mode: 'both', name: t('Both'), words: t('The text and beside it how it reads') },
  { mode: 'read', name: t('Read'), words: t('Only how it reads') },
]

const KEPT_AS = 'collab-mode'
/** On less there is no room for two columns. */
export const WIDE = '(min-width: 48rem)'

export class Modes {
  readonly dom = document.createElement('div')
  private readonly wide = window.matchMedia(WIDE)
  private readonly buttons = new Map<Mode, HTMLButtonElement>()
  private chosen: Mode
  private possible = true

  constructor(private readonly changed: (mode: Mode) => void) {
    this.chosen = read()
    this.dom.className = 'collab-modes'
    this.dom.setAttribute('role', 'group')
    this.dom.setAttribute('aria-label', t('Write or read'))
    for (const { mode, name, words } of MODES) {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name, title: words })
      button.dataset.mode = mode
      button.addEventListener('click', () => this.choose(mode))
      this.buttons.set(mode, button)
      this.dom.append(button)
    }
    this.wide.addEventListener('change', this.show)
  }

  /** What is shown now. */
  get mode(): Mode {
    if (!this.possible) return 'write'
    return this.chosen === 'both' && !this.wide.matches ? 'write' : this.chosen
  }

  choose(mode: Mode): void {
    this.chosen = mode
    try {
      localStorage.setItem(KEPT_AS, mode)
    } catch {
      // A browser that keeps nothing begins with the text alone.
    }
    this.show()
  }

  /** Only Markdown can be read as something else than it is written. */
  setPossible(possible: boolean): void {
    if (possible === this.possible) return
    this.possible = possible
    this.show()
  }

  readonly show = (): void => {
    for (const [mode, button] of this.buttons) button.setAttribute('aria-pressed', String(mode === this.mode))
    this.changed(this.mode)
  }

  destroy(): void {
    this.wide.removeEventListener('change', this.show)
  }
}

function read(): Mode {
  try {
    const kept = localStorage.getItem(KEPT_AS)
    return MODES.find(({ mode }) => mode === kept)?.mode ?? 'write'
  } catch {
    return 'write'
  }
}

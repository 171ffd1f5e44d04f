/** A line below the text that says how it went with what somebody brought, also to those who do not see it. */
import { type Extension, StateEffect, StateField } from '@codemirror/state'
import { type EditorView, type Panel, keymap, showPanel } from '@codemirror/view'

const SHOWN_MS = 12_000

export interface News {
  words: string
  failed: boolean
}

const setNews = StateEffect.define<News | null>()

const news = StateField.define<News | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(setNews)) value = effect.value
    return value
  },
  provide: (field) => showPanel.from(field, (value) => value && ((view) => line(view, value))),
})

export function saysNews(): Extension {
  return [news, keymap.of([{ key: 'Escape', run: dismiss }])]
}

export function tell(view: EditorView, words: string, failed = false): void {
  view.dispatch({ effects: setNews.of(words ? { words, failed } : null) })
}

function line(view: EditorView, { words, failed }: News): Panel {
  const dom = document.createElement('div')
  dom.className = failed ? 'cm-collab-news failed' : 'cm-collab-news'
  dom.setAttribute('role', failed ? 'alert' : 'status')
  dom.textContent = words
  const timer = failed ? window.setTimeout(() => dismiss(view), SHOWN_MS) : 0
  return { dom, destroy: () => window.clearTimeout(timer) }
}

function dismiss(view: EditorView): boolean {
  const shown = view.state.field(news) !== null
  if (shown) view.dispatch({ effects: setNews.of(null) })
  return shown
}

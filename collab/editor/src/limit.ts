/** A document has a greatest length. What would make it longer is refused as a whole, in words, before it is taken. */
import { EditorState, type Extension, Facet, StateEffect, StateField, type Transaction } from '@codemirror/state'
import { EditorView, type Panel, keymap, showPanel } from '@codemirror/view'
import { ySyncAnnotation } from 'y-codemirror.next'

import { growth, textBytes } from './bytes'
import { t, tn } from './words'

/** How long the text would have become, and what was not done. */
interface Excess {
  bytes: number
  undone: string
}

const SHOWN_MS = 12_000
const UNDONE: [event: string, words: string][] = [
  ['input.paste', t('Nothing was pasted.')],
  ['input.drop', t('Nothing was dropped.')],
]
const MOST_BYTES_PER_UNIT = 3

/** Most bytes of UTF-8 that the text may have. */
const limit = Facet.define<number, number>({ combine: (limits) => Math.min(...limits) })
const setExcess = StateEffect.define<Excess | null>()

const excess = StateField.define<Excess | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(setExcess)) value = effect.value
    return value
  },
  provide: (field) => showPanel.from(field, (value) => value && ((view) => notice(view, value))),
})

/**
 * Refuses what people do here; what comes from others, the server has admitted. Of all filters this one must be the
 * last to run, that is, the first in the list: it judges the change that will be made.
 */
export function atMost(bytes: number): Extension {
  return [
    limit.of(bytes),
    textBytes,
    excess,
    EditorState.transactionFilter.of((tr) => {
      const found = excessOf(tr)
      return found ? { effects: setExcess.of(found) } : tr
    }),
    keymap.of([{ key: 'Escape', run: dismiss }]),
  ]
}

/** Whether there is room for so many bytes more. If not, the view says so, and what was not done. */
export function hasRoom(view: EditorView, bytes: number, undone: string): boolean {
  const length = view.state.field(textBytes) + bytes
  if (bytes <= 0 || length <= view.state.facet(limit)) return true
  view.dispatch({ effects: setExcess.of({ bytes: length, undone }) })
  return false
}

function excessOf(tr: Transaction): Excess | null {
  const { startState, changes } = tr
  const most = startState.facet(limit)
  const mayFit = changes.newLength * MOST_BYTES_PER_UNIT <= most
  if (!tr.docChanged || mayFit || tr.annotation(ySyncAnnotation) !== undefined) return null
  const more = growth(changes, startState.doc)
  const bytes = startState.field(textBytes) + more
  if (more <= 0 || bytes <= most) return null
  const [, undone = t('Nothing was added.')] = UNDONE.find(([event]) => tr.isUserEvent(event)) ?? []
  return { bytes, undone }
}

function notice(view: EditorView, { bytes, undone }: Excess): Panel {
  const dom = document.createElement('div')
  dom.className = 'cm-collab-excess'
  dom.setAttribute('role', 'alert')
  dom.textContent = `${words(bytes, view.state.facet(limit))} ${undone}`
  const timer = window.setTimeout(() => dismiss(view), SHOWN_MS)
  return { dom, destroy: () => window.clearTimeout(timer) }
}

function words(bytes: number, most: number): string {
  const [would, fits] = [size(bytes), size(most)]
  if (would === fits) return t('This document is full: at most {most} fit.', { most: fits })
  return t('This would make the document {long} long; at most {most} fit.', { long: would, most: fits })
}

function dismiss(view: EditorView): boolean {
  const shown = view.state.field(excess) !== null
  if (shown) view.dispatch({ effects: setExcess.of(null) })
  return shown
}

function size(bytes: number): string {
  if (bytes < 1_000) return tn('{number} byte', '{number} bytes', bytes)
  const [number, unit] = bytes < 999_950 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB']
  return `${Number(number.toFixed(1))} ${unit}`
}

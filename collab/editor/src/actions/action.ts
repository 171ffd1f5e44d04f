/** One thing that a person can do here, and how it is found: by name, by key, by picture. */
import type { EditorView } from '@codemirror/view'

import type { Mode } from '../modes'
import type { Option } from '../options'
import { t } from '../words'

/** What actions can reach. */
export interface Reach {
  view: EditorView
  /** The mode now, and another one. */
  mode: () => Mode
  choose: (mode: Mode) => void
  undo: () => void
  redo: () => void
  toggleOutline: () => void
  toggle: (option: Option) => void
  print: () => void
  chooseLanguage: () => void
  open: (what: 'palette' | 'help') => void
}

export interface Action {
  /** What it is called everywhere. */
  name: string
  /** Other words that people look for. */
  words: string
  group: 'Text' | 'Lines' | 'Insert' | 'Edit' | 'View' | 'Page'
  /** In CodeMirror's notation, such as `Mod-Shift-8`. */
  key?: string
  /** The picture on its button in the toolbar: a path on a field of 20 x 20. */
  icon?: string
  /** The picture points along the line, and so to the other side where that runs from right to left. */
  points?: boolean
  /** A name for its button that is the same in every language. */
  id?: string
  /** Its button stands apart from those for the text. */
  aside?: boolean
  /** It changes the text, so it is not for who only reads. */
  writes?: boolean
  /** It is about Markdown, and of no use in another language. */
  markdown?: boolean
  run(reach: Reach): void
}

/** How the groups are called. */
export const GROUPS: Record<Action['group'], string> = {
  Text: t('Text'),
  Lines: t('Lines'),
  Insert: t('Insert'),
  Edit: t('Edit'),
  View: t('View'),
  Page: t('Page'),
}

const MAC = /Mac|iPhone|iPad/.test(navigator.platform)
const SIGNS: Record<string, string> = MAC
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃' }
  : { Mod: 'Ctrl', Shift: 'Shift', Alt: 'Alt', Ctrl: 'Ctrl' }

/** A key as it stands on the keyboard of this machine. */
export function keyWords(key: string): string {
  const parts = key.split('-').map((part) => SIGNS[part] ?? (part.length === 1 ? part.toUpperCase() : part))
  return parts.join(MAC ? '' : '+')
}

/** The same in the notation of `aria-keyshortcuts`. */
export function ariaKey(key: string): string {
  return key.replaceAll('-', '+').replace('Mod', MAC ? 'Meta' : 'Control')
}

export function isKey(event: KeyboardEvent, key: string): boolean {
  if (key === '?') return event.key === '?' && !event.ctrlKey && !event.metaKey
  const parts = key.split('-')
  const letter = parts.pop()!
  const wants = (part: string): boolean => parts.includes(part)
  const [mod, other] = MAC ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
  if (mod !== wants('Mod') || other !== wants('Ctrl') || event.altKey !== wants('Alt')) return false
  return event.shiftKey === wants('Shift') && (event.key.toLowerCase() === letter || event.code === `Digit${letter}`)
}

/** Languages: looked up by name in NiceGUI's list, loaded when they are asked for. */
import { HighlightStyle, type LanguageSupport, defaultHighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { languages } from 'nicegui-codemirror'

import { syntaxColor } from './colors'

const PROSE = new Set(['', 'markdown'])
/** Beyond this a single key could take long to parse (a paragraph is parsed as a whole), so it stays plain. */
const LONGEST_PARSED = 1_000_000
/** Between two times that a language could not be loaded: at first, and at most. */
const AGAIN_MS = 1_000
const LONGEST_MS = 10_000

/** What a language brings. */
export interface Manner {
  /** Its grammar, for colours and for what keys do in it. */
  grammar: Extension
  /** How it is set: prose is read and corrected like prose, code is not. */
  setting: Extension
}

/** What this language brings, as soon as it can be loaded; null when it is not wanted any more. */
export async function loadManner(name: string, isWanted: () => boolean): Promise<Manner | null> {
  for (let wait = AGAIN_MS; isWanted(); wait = Math.min(2 * wait, LONGEST_MS)) {
    try {
      const support = await load(name)
      return { grammar: support ?? [], setting: PROSE.has(name.toLowerCase()) ? prose : code }
    } catch (error) {
      console.warn(`Collab: ${name} is tried again in ${wait} ms.`, error) // there is no connection just now
      await new Promise((resolve) => window.setTimeout(resolve, wait))
    }
  }
  return null
}

export function isParsed(length: number): boolean {
  return length <= LONGEST_PARSED
}

const prose: Extension = [
  EditorView.contentAttributes.of({ spellcheck: 'true', autocorrect: 'on', autocapitalize: 'sentences' }),
  // In prose a quotation mark is often an apostrophe; only brackets come in pairs.
  Prec.highest(EditorState.languageData.of(() => [{ closeBrackets: { brackets: ['(', '[', '{'] } }])),
]

const code: Extension = [
  EditorView.contentAttributes.of({ spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off' }),
  EditorView.editorAttributes.of({ class: 'cm-collab-code' }),
]

/** What there is until a language has been loaded. */
export const plain: Manner = { grammar: [], setting: prose }

async function load(name: string): Promise<LanguageSupport | null> {
  if (!name) return null
  const wanted = name.toLowerCase()
  const found = languages.find((language) => [language.name.toLowerCase(), ...language.alias].includes(wanted))
  if (!found) {
    console.error(`Collab: there is no language named ${name}.`)
    return null
  }
  return found.load()
}

/**
 * CodeMirror's own colours, each as a custom property, so that they can be read on dark pages and a page can change them.
 * (The tags that the colours belong to exist only once, inside NiceGUI's bundle; so its style is copied.)
 */
export function highlighting(): Extension {
  const specs = defaultHighlightStyle.specs.map((spec) => {
    const isHeading = spec.fontWeight === 'bold' && spec.textDecoration === 'underline'
    const color = typeof spec.color === 'string' ? { color: syntaxColor(spec.color) } : {}
    return { ...spec, ...color, ...(isHeading ? { textDecoration: 'none' } : {}) }
  })
  return syntaxHighlighting(HighlightStyle.define(specs))
}

/** How long a text is, in words and in minutes, and how much of it is selected. */
import type { EditorView, ViewUpdate } from '@codemirror/view'

import { n, t, tn } from './words'

/** Chinese and Japanese have no spaces: each of their signs counts. */
const WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu
const PAIRS = /[\ud800-\udbff][\udc00-\udfff]/g
const WORDS_A_MINUTE = 230
const PAUSE_MS = 250
const WAIT_PER_WORK = 15

export interface Count {
  words: number
  characters: number
}

export function count(text: string): Count {
  return { words: text.match(WORDS)?.length ?? 0, characters: text.length - (text.match(PAIRS)?.length ?? 0) }
}

/** A line that says it, a moment after a change. */
export class Counts {
  readonly dom = document.createElement('div')
  private timer = 0
  private cost = 0
  private whole: Count | null = null

  constructor(private readonly view: EditorView) {
    this.dom.className = 'collab-counts'
    this.show()
  }

  update({ docChanged, selectionSet }: ViewUpdate): void {
    if (docChanged) this.whole = null
    if (!docChanged && !selectionSet) return
    this.timer ||= window.setTimeout(() => this.show(), Math.max(PAUSE_MS, this.cost * WAIT_PER_WORK))
  }

  destroy(): void {
    window.clearTimeout(this.timer)
  }

  private show(): void {
    this.timer = 0
    const begun = performance.now()
    const { doc, selection } = this.view.state
    this.whole ??= count(doc.toString())
    const chosen = selection.ranges.filter(({ empty }) => !empty).map(({ from, to }) => count(doc.sliceString(from, to)))
    const part = chosen.reduce((a, b) => ({ words: a.words + b.words, characters: a.characters + b.characters }), {
      words: 0,
      characters: 0,
    })
    this.dom.textContent = sentence(this.whole, chosen.length > 0 ? part : null)
    this.cost = performance.now() - begun
  }
}

function sentence(whole: Count, part: Count | null): string {
  const { words, characters } = part ?? whole
  const minutes = Math.ceil(words / WORDS_A_MINUTE)
  const reading = minutes === 0 ? [] : [tn('{number} min to read', '{number} min to read', minutes)]
  if (part === null) {
    const all = tn('{number} character', '{number} characters', characters)
    return [tn('{number} word', '{number} words', words), all, ...reading].join(' · ')
  }
  const ofWords = tn('{part} of {number} word', '{part} of {number} words', whole.words, { part: n(words) })
  const ofCharacters = tn('{part} of {number} character', '{part} of {number} characters', whole.characters, { part: n(characters) })
  return [ofWords, ofCharacters, ...reading, t('selected')].join(' · ')
}

/** How long a text is, in words and in minutes, and how much of it is selected. */
import type { EditorView, ViewUpdate } from '@codemirror/view'

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
  const of = (name: 'words' | 'characters'): string => {
    const number = whole[name].toLocaleString('en')
    if (part) return `${part[name].toLocaleString('en')} of ${number} ${name}`
    return `${number} ${whole[name] === 1 ? name.slice(0, -1) : name}`
  }
  const minutes = Math.ceil((part ?? whole).words / WORDS_A_MINUTE)
  const reading = minutes === 0 ? [] : [`${minutes} min to read`]
  return [of('words'), of('characters'), ...reading, ...(part ? ['selected'] : [])].join(' · ')
}

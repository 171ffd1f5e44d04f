/** The headings of a Markdown text, as an outline shows them. */
import type { Text } from '@codemirror/state'

export interface Heading {
  rank: number
  words: string
  /** Where its line begins. */
  at: number
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/
const HASHES = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/
const UNDERLINE = /^ {0,3}(=+|-{3,})\s*$/
const NO_PARAGRAPH = /^\s*$|^ {0,3}([-*+>|#]|\d+[.)])|^ {4}/

export function headingsOf(doc: Text): Heading[] {
  const headings: Heading[] = []
  let [fence, at] = ['', 0]
  let before = { text: '', at: 0 }
  for (const text of doc.iterLines()) {
    const mark = FENCE.exec(text)?.[1]
    if (mark && !fence) fence = mark
    else if (mark && fence && mark.startsWith(fence) && text.trim() === mark) fence = ''
    else if (!fence) {
      const [hashes, line] = [HASHES.exec(text), UNDERLINE.exec(text)]
      if (hashes) headings.push({ rank: hashes[1]!.length, words: plain(hashes[2]!), at })
      else if (line && !NO_PARAGRAPH.test(before.text)) {
        headings.push({ rank: line[1]!.startsWith('=') ? 1 : 2, words: plain(before.text), at: before.at })
      }
    }
    before = { text: fence ? '' : text, at }
    at += text.length + 1
  }
  return headings.filter(({ words }) => words)
}

/** Without the marks of Markdown. */
function plain(words: string): string {
  return words.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*`~]|(?<!\w)_|_(?!\w)/g, '').trim()
}

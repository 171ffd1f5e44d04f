/** Colours for code. Loaded when a text has code in a named language. */
import highlighter from 'highlight.js/lib/common'

/** Beyond this, colours would take longer than they help. */
const LONGEST = 30_000

/** Colours a `<code class="language-...">`; what it says stays the same. */
export function colour(code: HTMLElement): void {
  const language = /(?:^|\s)language-(\S+)/.exec(code.className)?.[1] ?? ''
  const text = code.textContent ?? ''
  if (!highlighter.getLanguage(language) || text.length > LONGEST) return
  code.innerHTML = highlighter.highlight(text, { language, ignoreIllegals: true }).value
}

/** `$a^2$` in a line and `$$ ... $$` on lines of its own, as Pandoc reads them: "$5 and $6" is no formula. */
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it'

const DOLLAR = 0x24

export function math(markdown: MarkdownIt): void {
  markdown.inline.ruler.before('escape', 'math', inLine)
  markdown.block.ruler.before('fence', 'math_block', onLines, { alt: ['paragraph', 'blockquote', 'list'] })
  const { escapeHtml } = markdown.utils
  markdown.renderer.rules.math = (tokens, index) => `<span class="preview-math">${escapeHtml(tokens[index]!.content)}</span>`
  markdown.renderer.rules.math_block = (tokens, index) =>
    `<div class="preview-math" data-display>${escapeHtml(tokens[index]!.content)}</div>`
}

function inLine(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state
  if (src.charCodeAt(pos) !== DOLLAR) return false
  const found = /^\$(?![\s$])((?:\\.|[^\\$])*?)(?<![\s\\])\$(?!\d)/.exec(src.slice(pos, pos + 2_000))
  if (!found || pos + found[0].length > state.posMax) return false
  if (!silent) state.push('math', 'span', 0).content = found[1]!
  state.pos += found[0].length
  return true
}

function onLines(state: StateBlock, start: number, end: number, silent: boolean): boolean {
  const lineAt = (line: number): string => state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line])
  const first = lineAt(start)
  if (!first.startsWith('$$')) return false
  const alone = /^\$\$(.+)\$\$\s*$/.exec(first)
  let last = start
  if (!alone) for (last += 1; last < end && !lineAt(last).trimEnd().endsWith('$$'); ) last += 1
  if (last >= end) return false
  if (silent) return true
  const whole = state.getLines(start, last + 1, state.blkIndent, false).trim()
  const token = state.push('math_block', 'div', 0)
  token.content = whole.slice(2, -2).trim()
  token.map = [start, last + 1]
  state.line = last + 1
  return true
}

/** What the toolbar does to the text: each the least change that makes the selection so, or undoes it. */
import { type ChangeSpec, EditorSelection, type SelectionRange, type TransactionSpec } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'

import { t } from '../words'

const ITEM = /^(\s*)((?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?)/
const TASK_ITEM = /^(\s*)([-*+]\s+\[[ xX]\]\s+)/
const BULLET = /^(\s*)([-*+]\s+)(?!\[[ xX]\]\s)/
const NUMBER = /^(\s*)(\d+[.)]\s+)/
const QUOTE = /^(\s*)(>\s?)/
const HEADING = /^()(#{1,6}\s+)/

/** Puts marks around each selection, or around the word at the cursor; takes them away if they are there. */
export function mark(view: EditorView, sign: string): TransactionSpec {
  return view.state.changeByRange((range) => {
    const { from, to } = core(view, range)
    const [before, behind] = [around(view, from - 3, from), around(view, to, to + 3)]
    if (has(before, sign, 'end') && has(behind, sign, 'start')) {
      const changes = [{ from: from - sign.length, to: from }, { from: to, to: to + sign.length }]
      return { changes, range: EditorSelection.range(range.anchor - sign.length, range.head - sign.length) }
    }
    const inside = view.state.sliceDoc(from, to)
    if (inside.length > 2 * sign.length && has(inside, sign, 'start') && has(inside, sign, 'end')) {
      const changes = [{ from, to: from + sign.length }, { from: to - sign.length, to }]
      return { changes, range: EditorSelection.range(from, to - 2 * sign.length) }
    }
    const changes = [{ from, insert: sign }, { from: to, insert: sign }]
    const moved = range.empty ? EditorSelection.cursor(range.head + sign.length) : null
    return { changes, range: moved ?? EditorSelection.range(from + sign.length, to + sign.length) }
  })
}

/** The selection without the spaces at its ends; the word at the cursor if nothing is selected. */
function core(view: EditorView, range: SelectionRange): { from: number; to: number } {
  if (range.empty) return view.state.wordAt(range.head) ?? range
  const text = view.state.sliceDoc(range.from, range.to)
  if (!text.trim()) return range
  return { from: range.to - text.trimStart().length, to: range.from + text.trimEnd().length }
}

function around(view: EditorView, from: number, to: number): string {
  return view.state.sliceDoc(Math.max(0, from), Math.min(view.state.doc.length, to))
}

/** Of `***` both the bold and the italic are there, of `**` only the bold. */
function has(text: string, sign: string, at: 'start' | 'end'): boolean {
  if (sign[0] !== '*') return at === 'start' ? text.startsWith(sign) : text.endsWith(sign)
  const stars = (at === 'start' ? /^\**/ : /\**$/).exec(text)?.[0].length ?? 0
  return sign === '*' ? stars % 2 === 1 : stars >= 2
}

/** Makes each selected line begin with this, or no more if all of them do. */
function begin(view: EditorView, is: RegExp, instead: RegExp, beginning: (number: number) => string): TransactionSpec {
  const lines = linesOf(view)
  const all = lines.every(({ text }) => is.test(text))
  const changes = lines.map(({ from, text }, index): ChangeSpec => {
    const found = (all ? is : instead).exec(text)
    const indent = found?.[1] ?? /^\s*/.exec(text)![0]
    const start = from + indent.length
    return { from: start, to: start + (found?.[2]?.length ?? 0), insert: all ? '' : beginning(index + 1) }
  })
  return moved(view, changes)
}

export const bullets = (view: EditorView): TransactionSpec => begin(view, BULLET, ITEM, () => '- ')
export const numbers = (view: EditorView): TransactionSpec => begin(view, NUMBER, ITEM, (number) => `${number}. `)
export const taskList = (view: EditorView): TransactionSpec => begin(view, TASK_ITEM, ITEM, () => '- [ ] ')
export const quote = (view: EditorView): TransactionSpec => begin(view, QUOTE, QUOTE, () => '> ')

/** A heading of the next lower rank: first, second, third, none. */
export function heading(view: EditorView): TransactionSpec {
  const rank = /^#{1,6}(?=\s)/.exec(linesOf(view)[0]!.text)?.[0].length ?? 0
  const next = rank >= 3 ? '' : `${'#'.repeat(rank + 1)} `
  return next ? begin(view, /^$a/, HEADING, () => next) : begin(view, HEADING, HEADING, () => '')
}

/** Lines with something on them; an empty one only if it is all there is. */
function linesOf({ state }: EditorView): { from: number; text: string }[] {
  const lines = new Map<number, { from: number; text: string }>()
  for (const { from, to } of state.selection.ranges) {
    for (let { number } = state.doc.lineAt(from); number <= state.doc.lineAt(to).number; number += 1) {
      lines.set(number, state.doc.line(number))
    }
  }
  const all = [...lines.values()]
  return all.length === 1 ? all : all.filter(({ text }) => text.trim())
}

/** The selection stays on the letters it was on: what comes before them pushes it along. */
function moved({ state }: EditorView, specs: ChangeSpec[]): TransactionSpec {
  const changes = state.changes(specs)
  return { changes, selection: state.selection.map(changes, 1) }
}

/** `[words](address)`, with what is still to be written selected. */
export function link(view: EditorView): TransactionSpec {
  return view.state.changeByRange(({ from, to }) => {
    const chosen = view.state.sliceDoc(from, to)
    const isAddress = /^(https?:\/\/|mailto:)\S+$/.test(chosen)
    const [words, address] = isAddress ? ['', chosen] : [chosen, 'https://']
    const insert = `[${words}](${address})`
    const start = from + (isAddress || !words ? 1 : words.length + 3)
    const range = EditorSelection.range(start, start + (isAddress || !words ? 0 : address.length))
    return { changes: { from, to, insert }, range }
  })
}

/** Code in the line, or a block of it for whole lines. */
export function code(view: EditorView): TransactionSpec {
  const { from, to } = view.state.selection.main
  const [first, last] = [view.state.doc.lineAt(from), view.state.doc.lineAt(to)]
  if (first.number === last.number) return mark(view, '`')
  const changes = [{ from: first.from, insert: '```\n' }, { from: last.to, insert: '\n```' }]
  return { changes, selection: EditorSelection.cursor(first.from + 3) }
}

/** A small table below the line of the cursor; the first cell is selected. */
export function table(view: EditorView): TransactionSpec {
  const line = view.state.doc.lineAt(view.state.selection.main.to)
  const gap = line.text.trim() ? '\n\n' : ''
  const insert = `${gap}| ${t('Column')} | ${t('Column')} |\n| --- | --- |\n|  |  |\n`
  const start = line.to + gap.length + 2
  return { changes: { from: line.to, insert }, selection: EditorSelection.range(start, start + t('Column').length) }
}

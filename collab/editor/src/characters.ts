/**
 * Whole characters only.
 *
 * JavaScript counts half an emoji as one character, and an editor that replaces one emoji by another may
 * change only the half in which they differ. Yjs, whose other replicas count otherwise, turns such halves
 * into U+FFFD for ever. So every edit made here is widened to whole characters before Yjs sees it. Line ends
 * are made one kind at the same time, since CodeMirror would count '\r\n' as one and Yjs as two.
 */
import {
  type ChangeSpec,
  EditorSelection,
  EditorState,
  type Extension,
  type SelectionRange,
  type Text,
  type Transaction,
  type TransactionSpec,
} from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { ySyncAnnotation } from 'y-codemirror.next'

const LONE_HALVES = /\p{Surrogate}/gu
const UNTIDY = /\r|\p{Surrogate}/u
const NO_CHARACTER = '\ufffd'

/** The extension that keeps characters whole; it must come after every other transaction filter. */
export function wholeCharacters(): Extension {
  return [
    EditorState.lineSeparator.of('\n'),
    EditorView.clipboardInputFilter.of(tidy),
    EditorState.transactionFilter.of(wholeSelection),
    EditorState.transactionFilter.of(wholeChanges),
  ]
}

function wholeChanges(tr: Transaction): Transaction | readonly TransactionSpec[] {
  if (!tr.docChanged || isRemote(tr)) return tr
  const before = tr.startState.doc
  const repairs: ChangeSpec[] = []
  tr.changes.iterChanges((fromA, toA, fromB, toB, inserted) => {
    const left = cuts(before, fromA) ? before.sliceString(fromA - 1, fromA) : ''
    const right = cuts(before, toA) ? before.sliceString(toA, toA + 1) : ''
    const text = inserted.sliceString(0)
    if (!left && !right && !UNTIDY.test(text)) return
    const insert = fromA === toA ? mendInsertion(left, text, right) : mendReplacement(left, text, right)
    repairs.push({ from: fromB - left.length, to: toB + right.length, insert })
  })
  return repairs.length > 0 ? [tr, { changes: repairs, sequential: true }] : tr
}

function wholeSelection(tr: Transaction): Transaction | readonly TransactionSpec[] {
  if (isRemote(tr) || !(tr.selection || tr.docChanged)) return tr
  const { ranges, mainIndex } = tr.newSelection
  if (!ranges.some((range) => cuts(tr.newDoc, range.anchor) || cuts(tr.newDoc, range.head))) return tr
  const whole = ranges.map((range) => snap(tr.newDoc, range))
  return [tr, { selection: EditorSelection.create(whole, mainIndex), sequential: true }]
}

function isRemote(tr: Transaction): boolean {
  return tr.annotation(ySyncAnnotation) !== undefined
}

function snap(doc: Text, range: SelectionRange): SelectionRange {
  const whole = (at: number): number => (cuts(doc, at) ? at + 1 : at)
  return EditorSelection.range(whole(range.anchor), whole(range.head))
}

/** Whether the position lies between the two halves of one character. */
function cuts(doc: Text, at: number): boolean {
  if (at <= 0 || at >= doc.length) return false
  const around = doc.sliceString(at - 1, at + 1)
  return isHigh(around, 0) && isLow(around, 1)
}

/** What stands where `text` was put into the middle of the character `left + right`. */
function mendInsertion(left: string, text: string, right: string): string {
  const joined = left + text + right
  return joined.match(LONE_HALVES) ? left + right + tidy(text) : tidy(joined)
}

/** What stands where `text` replaced something between the halves `left` and `right`. */
function mendReplacement(left: string, text: string, right: string): string {
  const start = isLow(text, 0) ? left : ''
  const end = isHigh(text, text.length - 1) ? right : ''
  return tidy(start + text + end)
}

function tidy(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(LONE_HALVES, NO_CHARACTER)
}

function isHigh(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0xd800 && unit < 0xdc00
}

function isLow(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit < 0xe000
}

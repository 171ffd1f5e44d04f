/**
 * Takes each letter in as soon as it is in the page.
 *
 * The browser may handle a key and a scroll event in one task. CodeMirror reads the letter at the scroll event then,
 * before its observer has heard of it, and takes the cursor to be where it was: the next letter would come before this
 * one. After a script that hears of the letter the browser tells the observer first.
 */
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

export const letterByLetter: Extension = EditorView.domEventObservers({ input: () => undefined })

/**
 * Takes each letter in as soon as it is in the page.
 *
 * The browser may handle a key and a scroll event in one task. CodeMirror reads the letter at the scroll event then,
 * with the selection from before it, and puts the next letter in front of it. After any script the browser tells what
 * observes the page of its changes; so one that does nothing, at the event right behind the letter, lets CodeMirror's
 * observer hear of it first. It can go when CodeMirror reads the selection at a scroll event too.
 */
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

export const letterByLetter: Extension = EditorView.domEventObservers({ input: () => undefined })

/** What the keys do beyond plain typing. Nobody who uses only a keyboard is held in the editor. */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, indentLess, indentMore, temporarilySetTabFocusMode } from '@codemirror/commands'
import { indentUnit } from '@codemirror/language'
import { search, searchKeymap } from '@codemirror/search'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import { type Command, EditorView, keymap } from '@codemirror/view'
import type { UndoManager } from 'yjs'

import { hasRoom } from './limit'
import { growthOfStep } from './undoing'
import { t } from './words'

const AT_START_OF_LINE_OR_ITEM = /^\s*([-*+]|\d+[.)])?\s*$/

/** CodeMirror's own words for its search, as they are said elsewhere on the page. */
const SEARCH_WORDS = {
  next: t('Next'),
  previous: t('Previous'),
  all: t('Select all'),
  'match case': t('Match case'),
  regexp: t('Pattern'),
  'by word': t('Whole words'),
  replace: t('Replace'),
  'replace all': t('Replace all'),
  Find: t('Find'),
  Replace: t('Replace'),
  close: t('close'),
  'current match': t('current match'),
  'replaced $ matches': t('replaced $ matches'),
  'replaced match on line $': t('replaced match on line $'),
  'on line': t('on line'),
  'Go to line': t('Go to line'),
  go: t('go'),
  'Control character': t('Control character'),
  'Selection deleted': t('Selection deleted'),
}

export function keys(undoManager: UndoManager): Extension {
  return [
    closeBrackets(),
    search({ top: true }),
    EditorState.phrases.of(SEARCH_WORDS),
    Prec.high(undoKeys(undoManager)),
    keymap.of([
      ...closeBracketsKeymap,
      ...searchKeymap,
      { key: 'Tab', run: indent, shift: indentLess },
      ...defaultKeymap,
    ]),
    escapeFreesTab,
  ]
}

/** Undo takes back only what was done here, and nothing at all in a text that may not be changed. */
export function undoing(undoManager: UndoManager): { undo: Command; redo: Command } {
  const unlessReadOnly = (act: Command): Command => (view) => {
    if (!view.state.readOnly) act(view)
    return true
  }
  const undo = unlessReadOnly((view) => {
    const growth = growthOfStep(undoManager, undoManager.undoStack)
    return hasRoom(view, growth, t('Nothing was undone.')) && undoManager.undo() !== null
  })
  const redo = unlessReadOnly((view) => {
    const growth = growthOfStep(undoManager, undoManager.redoStack)
    return hasRoom(view, growth, t('Nothing was redone.')) && undoManager.redo() !== null
  })
  return { undo, redo }
}

function undoKeys(undoManager: UndoManager): Extension {
  const { undo, redo } = undoing(undoManager)
  return [
    keymap.of([
      { key: 'Mod-z', run: undo, preventDefault: true },
      { key: 'Mod-y', mac: 'Mod-Shift-z', run: redo, preventDefault: true },
      { key: 'Mod-Shift-z', run: redo, preventDefault: true },
    ]),
    EditorView.domEventHandlers({
      // With Caps Lock on, Shift makes a small z, which the keymap would take for undo.
      keydown: (event, view) => (event.ctrlKey || event.metaKey) && event.shiftKey && event.key === 'z' && redo(view),
      // The browser's own menu, or a phone that is shaken.
      beforeinput: ({ inputType }, view) =>
        (inputType === 'historyUndo' && undo(view)) || (inputType === 'historyRedo' && redo(view)),
    }),
  ]
}

/** Tab moves a line or a list item in; in the middle of a sentence it makes room at the cursor. */
const indent: Command = (view) => {
  const { state } = view
  const { from, empty } = state.selection.main
  const line = state.doc.lineAt(from)
  if (!empty || AT_START_OF_LINE_OR_ITEM.test(line.text.slice(0, from - line.from))) return indentMore(view)
  if (state.readOnly) return false
  const change = state.replaceSelection(state.facet(indentUnit))
  view.dispatch(state.update(change, { scrollIntoView: true, userEvent: 'input' }))
  return true
}

/** After Escape, Tab leaves the editor (https://codemirror.net/examples/tab/). */
const escapeFreesTab = EditorView.domEventObservers({
  keydown(event, view) {
    if (event.key === 'Escape') temporarilySetTabFocusMode(view)
  },
})

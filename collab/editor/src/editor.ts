/** CodeMirror as people expect an editor to be; what is typed goes into the shared text. */
import { indentOnInput, bracketMatching, indentUnit } from '@codemirror/language'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  EditorView,
  drawSelection,
  dropCursor,
  highlightSpecialChars,
  highlightWhitespace,
  lineNumbers,
  placeholder,
  rectangularSelection,
} from '@codemirror/view'
import { yCollab } from 'y-codemirror.next'
import type { Text as SharedText, UndoManager } from 'yjs'

import { wholeCharacters } from './characters'
import { drawRemoteCursors } from './cursors'
import { directions } from './direction'
import { keys } from './keys'
import { type Manner, highlighting, isParsed, loadManner, plain } from './language'
import { letterByLetter } from './letters'
import { look } from './look'
import { flagsUnderMouse } from './marks'
import { t } from './words'

/** What a page may choose. The text is not among it: that lives in Yjs only. */
export interface EditorOptions {
  language: string
  /** Spoken name of the text field. */
  label: string
  /** Shown in an empty text. */
  placeholder: string
  lineWrapping: boolean
  lineNumbers: boolean
  highlightWhitespace: boolean
  indent: string
}

export const DEFAULTS: EditorOptions = {
  language: 'markdown',
  label: t('Text'),
  placeholder: '',
  lineWrapping: true,
  lineNumbers: false,
  highlightWhitespace: false,
  indent: '  ',
}

/** CodeMirror's view with the parts that can be changed later. */
export class Editor {
  readonly view: EditorView
  private readonly options = new Compartment()
  private readonly language = new Compartment()
  private readonly lock = new Compartment()
  private readonly state = new Compartment()
  private wanted: string | null = ''
  private manner: Manner = plain
  private parsed = true

  constructor(
    parent: HTMLElement,
    private readonly text: SharedText,
    undoManager: UndoManager,
    more: Extension,
  ) {
    this.view = new EditorView({
      parent,
      doc: text.toString(),
      extensions: [
        more,
        letterByLetter,
        this.lock.of([]),
        this.state.of(loading),
        this.options.of([]),
        this.language.of(plain.setting),
        this.withoutGrammarWhenLong(),
        yCollab(text, null, { undoManager }),
        directions(),
        drawRemoteCursors(),
        flagsUnderMouse(),
        keys(undoManager),
        highlightSpecialChars(),
        drawSelection(),
        dropCursor(),
        EditorState.allowMultipleSelections.of(true),
        rectangularSelection(),
        indentOnInput(),
        bracketMatching(),
        highlighting(),
        look(),
        wholeCharacters(),
      ],
    })
  }

  /** Whether the editor shows what the shared text holds. If not, typing must stop. */
  get isTrue(): boolean {
    return this.view.state.doc.length === this.text.length
  }

  /** The text of the server is here. Until then an empty editor does not mean an empty text. */
  setLoaded(): void {
    this.view.dispatch({ effects: this.state.reconfigure([]) })
  }

  /** Readable, selectable and reachable by keyboard as before, but not to be changed. */
  setReadOnly(readOnly: boolean): void {
    if (readOnly === this.view.state.readOnly) return
    this.view.dispatch({ effects: this.lock.reconfigure(readOnly ? locked : []) })
  }

  setOptions(options: EditorOptions): void {
    this.view.dispatch({ effects: this.options.reconfigure(optional(options)) })
  }

  /** Loads the language, when there is a connection; of several asked for in quick succession the last one wins. */
  async setLanguage(name: string): Promise<void> {
    this.wanted = name
    const manner = await loadManner(name, () => this.wanted === name)
    if (!manner || this.wanted !== name) return
    this.manner = manner
    this.applyLanguage()
  }

  destroy(): void {
    this.wanted = null
    this.view.destroy()
  }

  /** To be called when the text has changed: a very long one does without a grammar. */
  checkLength(): void {
    if (isParsed(this.text.length) !== this.parsed) this.applyLanguage()
  }

  /** A text that becomes very long loses its grammar in the same step, or all of it would be parsed once more. */
  private withoutGrammarWhenLong(): Extension {
    return EditorState.transactionExtender.of(({ docChanged, changes }) => {
      if (!docChanged || !isParsed(changes.length) || isParsed(changes.newLength)) return null
      return { effects: this.language.reconfigure(this.manner.setting) }
    })
  }

  private applyLanguage(): void {
    this.parsed = isParsed(this.text.length)
    const { grammar, setting } = this.manner
    this.view.dispatch({ effects: this.language.reconfigure(this.parsed ? [grammar, setting] : setting) })
  }
}

const loading: Extension = [
  EditorView.contentAttributes.of({ 'aria-busy': 'true' }),
  EditorView.editorAttributes.of({ class: 'cm-collab-loading' }),
]

const locked: Extension = [
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ 'aria-readonly': 'true', tabindex: '0' }),
]

function optional(options: EditorOptions): Extension {
  return [
    EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
    options.placeholder ? placeholder(options.placeholder) : [],
    options.lineWrapping ? EditorView.lineWrapping : [],
    options.lineNumbers ? lineNumbers() : [],
    options.highlightWhitespace ? highlightWhitespace() : [],
    indentUnit.of(options.indent || DEFAULTS.indent),
  ]
}

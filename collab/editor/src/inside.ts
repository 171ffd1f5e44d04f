/** The door that a mounted editor leaves open to tests and to the other parts of its page. */
import type { EditorView } from '@codemirror/view'
import type { Doc } from 'yjs'

import type { RemainsBoard } from './remains'
import type { Status } from './status'

/** What tests and the other parts of the page may use, as `element.__collab`. */
export interface Inside {
  doc: Doc
  view: EditorView
  status: () => Status
  remains: RemainsBoard
  /** How long the text is, as the page counts it. */
  bytes: () => number
}

declare global {
  interface HTMLElement {
    __collab?: Inside
  }
}

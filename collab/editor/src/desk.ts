/** What lies around the text: its tools, how to write or read it, and its preview. */
import { StateEffect } from '@codemirror/state'
import type { EditorView, ViewUpdate } from '@codemirror/view'
import type { UndoManager } from 'yjs'

import type { Action } from './actions/action'
import { Tools } from './actions/tools'
import { keepClearOfKeyboard } from './keyboard'
import { undoing } from './keys'
import { type Mode, Modes } from './modes'
import { Preview } from './preview/preview'
import { Scrolling } from './preview/scrolling'

/** The parts of the page in which the desk and the editor are put. */
export interface Places {
  tools: HTMLElement
  panes: HTMLElement
  writing: HTMLElement
}

/** Makes the places inside the element of the editor. */
export function placesIn(parent: HTMLElement): Places {
  const make = (className: string, inside: HTMLElement): HTMLElement =>
    inside.appendChild(Object.assign(document.createElement('div'), { className }))
  const tools = make('collab-tools', parent)
  const panes = make('collab-panes', parent)
  return { tools, panes, writing: make('collab-writing', panes) }
}

export class Desk {
  private readonly preview: Preview
  private readonly scrolling: Scrolling
  private readonly modes: Modes
  private readonly tools: Tools
  private readonly letKeyboard: () => void

  constructor(
    private readonly root: HTMLElement,
    { tools, panes }: Places,
    private readonly view: EditorView,
    undoManager: UndoManager,
  ) {
    /** What happens in it is taken back by itself, with nothing before it and nothing behind it. */
    const step = (work: () => void): void => {
      undoManager.stopCapturing()
      work()
      undoManager.stopCapturing()
    }
    this.preview = new Preview(view, step, () => this.scrolling.align())
    this.scrolling = new Scrolling(view, this.preview)
    this.modes = new Modes((mode) => this.show(mode))
    const { undo, redo } = undoing(undoManager)
    const reach = {
      view,
      mode: () => this.modes.mode,
      choose: (mode: Mode) => this.modes.choose(mode),
      undo: () => undo(view),
      redo: () => redo(view),
    }
    this.tools = new Tools(root, tools, reach, step)
    view.dispatch({ effects: StateEffect.appendConfig.of(this.tools.keys) })
    tools.append(this.modes.dom)
    this.letKeyboard = keepClearOfKeyboard(root)
    panes.append(this.preview.dom)
    this.modes.show()
  }

  /** To be called with every change of the view. */
  update(update: ViewUpdate): void {
    this.preview.update(update)
    if (update.state.readOnly !== update.startState.readOnly) this.tools.setReadOnly(update.state.readOnly)
  }

  /** What can be done on the page around the editor. */
  setActions(actions: readonly Action[]): void {
    this.tools.setMore(actions)
  }

  destroy(): void {
    this.letKeyboard()
    this.modes.destroy()
    this.tools.destroy()
    this.preview.destroy()
  }

  private show(mode: Mode): void {
    const reading = document.activeElement === this.preview.dom || this.root.dataset.mode === 'read'
    const inside = this.view.hasFocus
    this.scrolling.lead(reading ? 'preview' : 'text')
    this.root.dataset.mode = mode
    this.preview.show(mode !== 'write')
    if (mode === 'read' && inside) this.preview.dom.focus({ preventScroll: true })
    this.view.requestMeasure()
  }
}

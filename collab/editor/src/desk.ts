/** What lies around the text: its tools, how to write or read it, and its preview. */
import { StateEffect } from '@codemirror/state'
import type { EditorView, ViewUpdate } from '@codemirror/view'
import type { UndoManager } from 'yjs'

import type { Action } from './actions/action'
import { Languages, isMarkdown } from './actions/languages'
import { Tools } from './actions/tools'
import { Bringing } from './bringing/bringing'
import type { ImagePlace } from './bringing/images'
import { Company } from './company/company'
import { Counts } from './counts'
import { keepClearOfKeyboard } from './keyboard'
import { undoing } from './keys'
import { type Mode, Modes, WIDE } from './modes'
import type { Option } from './options'
import { Outline } from './outline'
import { Preview } from './preview/preview'
import { Scrolling } from './preview/scrolling'

/** The parts of the page in which the desk and the editor are put. */
export interface Places {
  tools: HTMLElement
  panes: HTMLElement
  foot: HTMLElement
  writing: HTMLElement
}

/** Makes the places inside the element of the editor. */
export function placesIn(parent: HTMLElement): Places {
  const make = (className: string, inside: HTMLElement): HTMLElement =>
    inside.appendChild(Object.assign(document.createElement('div'), { className }))
  const tools = make('collab-tools', parent)
  const panes = make('collab-panes', parent)
  const foot = make('collab-foot', parent)
  return { tools, panes, foot, writing: make('collab-writing', panes) }
}

/** What is asked for here and done elsewhere, and what is to be known. */
export interface DeskListener {
  toggle(option: Option): void
  /** Another language for the text. */
  choose(language: string): void
  /** Where pictures are sent to. */
  images: ImagePlace | null
}

export class Desk {
  private readonly preview: Preview
  private readonly scrolling: Scrolling
  private readonly modes: Modes
  private readonly tools: Tools
  private readonly languages: Languages
  private readonly bringing: Bringing
  private readonly counts: Counts
  private readonly outline: Outline
  private readonly company: Company
  private readonly letKeyboard: () => void

  constructor(
    private readonly root: HTMLElement,
    places: Places,
    private readonly view: EditorView,
    undoManager: UndoManager,
    { toggle, choose, images }: DeskListener,
  ) {
    const { tools, panes, foot, writing } = places
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
    this.languages = new Languages(choose)
    root.append(this.languages.dom)
    const reach = {
      view,
      mode: () => this.modes.mode,
      choose: (mode: Mode) => this.modes.choose(mode),
      undo: () => undo(view),
      redo: () => redo(view),
      toggleOutline: () => this.outline.toggle(),
      toggle,
      chooseLanguage: this.languages.open,
      print: () => void this.preview.paper().finally(() => window.print()),
    }
    this.bringing = new Bringing(view, images, step)
    this.tools = new Tools(root, tools, reach, step)
    view.dispatch({ effects: StateEffect.appendConfig.of([this.tools.keys, this.bringing.extension]) })
    tools.append(this.modes.dom)
    window.addEventListener('beforeprint', this.preview.drawNow)
    this.letKeyboard = keepClearOfKeyboard(root)
    panes.append(this.preview.dom)
    this.counts = new Counts(view)
    foot.append(this.counts.dom, this.languages.button)
    this.outline = new Outline(view, () => this.goTo(), () => this.comeBack(tools))
    panes.insertBefore(this.outline.dom, writing)
    this.company = new Company(view, undoManager.doc, places, () => this.scrolling.lead('text'))
    this.modes.show()
  }

  /** To be called with every change of the view. */
  update(update: ViewUpdate): void {
    this.preview.update(update)
    this.counts.update(update)
    this.outline.update(update)
    this.company.update(update)
    if (update.state.readOnly !== update.startState.readOnly) this.setReadOnly(update.state.readOnly)
  }

  /** What can be done on the page around the editor. */
  setActions(actions: readonly Action[]): void {
    this.tools.setMore(actions)
  }

  setLanguage(language: string): void {
    const markdown = isMarkdown(language)
    this.root.toggleAttribute('data-markdown', markdown)
    this.languages.show(language)
    this.preview.setMarkdown(markdown)
    this.tools.setMarkdown(markdown)
    this.bringing.setMarkdown(markdown)
    this.modes.setPossible(markdown)
  }

  /** Shows where a person is. */
  goToPerson(id: string, name: string): void {
    this.company.goTo(id, name)
  }

  destroy(): void {
    window.removeEventListener('beforeprint', this.preview.drawNow)
    this.letKeyboard()
    this.modes.destroy()
    this.tools.destroy()
    this.preview.destroy()
    this.counts.destroy()
    this.outline.destroy()
    this.company.destroy()
  }

  private setReadOnly(readOnly: boolean): void {
    this.tools.setReadOnly(readOnly)
    this.languages.button.disabled = readOnly
  }

  /** Somebody goes to a place in the text, and the preview comes along. */
  private goTo(): void {
    this.scrolling.lead('text')
    if (!window.matchMedia(WIDE).matches) this.outline.toggle()
    if (this.modes.mode !== 'read') this.view.focus()
  }

  /** The keyboard goes on in the text, or at the tools where that is not to be seen. */
  private comeBack(tools: HTMLElement): void {
    if (this.modes.mode !== 'read') this.view.focus()
    else tools.querySelector<HTMLElement>('[data-action="palette"]')?.focus()
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

/** What one notices of the others: who writes, who is out of sight, and the way to each of them. */
import type { EditorView, ViewUpdate } from '@codemirror/view'
import type { Doc } from 'yjs'

import { remoteCursors } from '../cursors'
import type { Places } from '../desk'
import { Edges } from './edges'
import { Following } from './following'
import { Typing } from './typing'

export class Company {
  private readonly edges: Edges
  private readonly following: Following
  private readonly typing: Typing

  /** `went` hears that the text was scrolled to show somebody. */
  constructor(view: EditorView, doc: Doc, { panes, writing, foot }: Places, went: () => void) {
    this.following = new Following(view, panes, went)
    this.edges = new Edges(view, writing, ({ id, name }) => this.goTo(id, name))
    this.typing = new Typing(view, doc)
    foot.append(this.typing.dom)
  }

  goTo(id: string, name: string): void {
    this.following.goTo(id, name)
  }

  update(update: ViewUpdate): void {
    this.following.update(update)
    const moved = update.state.field(remoteCursors) !== update.startState.field(remoteCursors)
    if (moved) this.typing.moved()
    if (moved || update.geometryChanged) this.edges.moved()
  }

  destroy(): void {
    this.edges.destroy()
    this.following.destroy()
    this.typing.destroy()
  }
}

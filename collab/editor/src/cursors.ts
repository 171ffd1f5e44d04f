/**
 * The cursors and selections of the others, as CodeMirror keeps and draws them.
 *
 * They are drawn in layers beside the text, never in it: no wrapping changes, nothing is read as text, and
 * names reach the page as an attribute only.
 */
import { EditorSelection, type Extension, StateEffect, StateField, type Transaction } from '@codemirror/state'
import { EditorView, type LayerMarker, RectangleMarker, type ViewUpdate, layer } from '@codemirror/view'
import { ySyncAnnotation } from 'y-codemirror.next'

import { Caret, Shade } from './marks'
import type { Place } from './placing'

/** A cursor in the text as it is now. */
export interface RemoteCursor extends Place {
  /** How often it moved, and when last (performance.now()): its name is shown for a moment then. */
  moves: number
  movedAt: number
}

type Cursors = ReadonlyMap<number, RemoteCursor>

/** Sets the places of some cursors; null takes a cursor away. */
export const setPlaces = StateEffect.define<ReadonlyMap<number, Place | null>>()

export const remoteCursors = StateField.define<Cursors>({
  create: () => new Map(),
  update(cursors, tr) {
    let next = tr.docChanged && cursors.size > 0 ? carry(cursors, tr) : cursors
    for (const effect of tr.effects) if (effect.is(setPlaces)) next = put(next, effect.value, tr.newDoc.length)
    return next
  },
})

export function drawRemoteCursors(): Extension {
  return [
    remoteCursors,
    layer({ above: false, class: 'cm-collab-shades', update: mustRedraw, markers: shades }),
    layer({ above: true, class: 'cm-collab-carets', update: mustRedraw, markers: carets }),
  ]
}

/** Between two messages a cursor moves with the text: what is written at it pushes it along, as Yjs has it. */
function carry(cursors: Cursors, tr: Transaction): Cursors {
  const remote = tr.annotation(ySyncAnnotation) !== undefined
  const carried = new Map<number, RemoteCursor>()
  for (const [client, cursor] of cursors) {
    const anchor = tr.changes.mapPos(cursor.anchor, 1)
    const head = tr.changes.mapPos(cursor.head, 1)
    // Somebody else's change at this very place is most likely its owner's.
    const typed = remote && tr.changes.touchesRange(cursor.head) !== false
    carried.set(client, touch({ ...cursor, anchor, head }, typed))
  }
  return carried
}

function put(cursors: Cursors, places: ReadonlyMap<number, Place | null>, length: number): Cursors {
  const next = new Map(cursors)
  for (const [client, place] of places) {
    if (!place) {
      next.delete(client)
      continue
    }
    const anchor = Math.min(place.anchor, length)
    const head = Math.min(place.head, length)
    const old = next.get(client)
    const moved = !old || old.head !== head || old.anchor !== anchor
    next.set(client, touch({ moves: 0, movedAt: 0, ...old, ...place, anchor, head }, moved))
  }
  return next
}

function touch(cursor: RemoteCursor, moved: boolean): RemoteCursor {
  return moved ? { ...cursor, moves: cursor.moves + 1, movedAt: performance.now() } : cursor
}

function mustRedraw(update: ViewUpdate): boolean {
  const changed = update.state.field(remoteCursors) !== update.startState.field(remoteCursors)
  return changed || (update.state.field(remoteCursors).size > 0 && (update.docChanged || update.viewportChanged))
}

function shades(view: EditorView): readonly LayerMarker[] {
  const { from, to } = view.viewport
  const marks: LayerMarker[] = []
  for (const { anchor, head, color } of view.state.field(remoteCursors).values()) {
    const start = Math.max(from, Math.min(anchor, head))
    const end = Math.min(to, Math.max(anchor, head))
    if (start >= end) continue
    for (const box of RectangleMarker.forRange(view, '', EditorSelection.range(start, end))) {
      marks.push(new Shade(box, color))
    }
  }
  return marks
}

function carets(view: EditorView): readonly LayerMarker[] {
  const { from, to } = view.viewport
  const marks: LayerMarker[] = []
  for (const [client, cursor] of view.state.field(remoteCursors)) {
    if (cursor.head < from || cursor.head > to) continue
    const [box] = RectangleMarker.forRange(view, '', EditorSelection.cursor(cursor.head))
    if (box) marks.push(new Caret(box, client, cursor, view.contentDOM.clientWidth))
  }
  return marks
}

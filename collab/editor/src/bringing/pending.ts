/** What is still on its way into the text: its place is kept while others write, and said in the text. */
import { Annotation, type Extension, StateEffect, StateField } from '@codemirror/state'
import { Decoration, EditorView, WidgetType } from '@codemirror/view'

export interface Pending {
  from: number
  to: number
  /** Said at the place; nothing for what is there in a moment. */
  words: string
}

type Pendings = ReadonlyMap<number, Pending>

const setPending = StateEffect.define<{ id: number; pending: Pending | null }>()

/** Marks the change by which something has come. */
export const brought = Annotation.define<boolean>()

const pendings = StateField.define<Pendings>({
  create: () => new Map(),
  update(value, tr) {
    let next = value
    if (tr.docChanged && value.size > 0) {
      next = new Map([...value].map(([id, { from, to, words }]) => {
        // What is written just there meanwhile comes behind it; but of several, the first that came stands first.
        const side = tr.annotation(brought) ? 1 : -1
        const [start, end] = [tr.changes.mapPos(from, from === to ? side : 1), tr.changes.mapPos(to, side)]
        return [id, { from: Math.min(start, end), to: end, words }]
      }))
    }
    for (const effect of tr.effects) if (effect.is(setPending)) next = put(next, effect.value)
    return next
  },
  provide: (field) =>
    EditorView.decorations.from(field, (value) =>
      Decoration.set(
        [...value.values()]
          .filter(({ words }) => words)
          .map(({ from, words }) => Decoration.widget({ widget: new Place(words), side: 1 }).range(from)),
        true,
      ),
    ),
})

export function keepsPlaces(): Extension {
  return pendings
}

let last = 0

/** Keeps a place for something that comes later. Returns its number. */
export function expect(view: EditorView, { from, to }: { from: number; to: number }, words: string): number {
  last += 1
  view.dispatch({ effects: setPending.of({ id: last, pending: { from, to, words } }) })
  return last
}

/** Says something else at the place. */
export function say(view: EditorView, id: number, words: string): void {
  const pending = view.state.field(pendings).get(id)
  if (pending) view.dispatch({ effects: setPending.of({ id, pending: { ...pending, words } }) })
}

/** Where it is to stand by now; the place is kept no more. */
export function arrive(view: EditorView, id: number): { from: number; to: number } | null {
  const pending = view.state.field(pendings).get(id) ?? null
  view.dispatch({ effects: setPending.of({ id, pending: null }) })
  return pending
}

function put(value: Pendings, { id, pending }: { id: number; pending: Pending | null }): Pendings {
  const next = new Map(value)
  if (pending) next.set(id, pending)
  else next.delete(id)
  return next
}

class Place extends WidgetType {
  constructor(private readonly words: string) {
    super()
  }

  override eq(other: Place): boolean {
    return other.words === this.words
  }

  override toDOM(): HTMLElement {
    const dom = document.createElement('span')
    dom.className = 'cm-collab-pending'
    dom.setAttribute('aria-hidden', 'true')
    dom.textContent = this.words
    return dom
  }
}

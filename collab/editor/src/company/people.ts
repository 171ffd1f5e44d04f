/** The others as people: each once, where they last were, however many tabs they have. */
import type { EditorState } from '@codemirror/state'

import { type RemoteCursor, remoteCursors } from '../cursors'

/** Everybody else with a cursor in the text, in no particular order. */
export function people(state: EditorState): RemoteCursor[] {
  const latest = new Map<string, RemoteCursor>()
  for (const [client, cursor] of state.field(remoteCursors)) {
    const person = cursor.id || String(client)
    if ((latest.get(person)?.movedAt ?? -1) <= cursor.movedAt) latest.set(person, cursor)
  }
  return [...latest.values()]
}

export function person(state: EditorState, id: string): RemoteCursor | undefined {
  return people(state).find((cursor) => cursor.id === id)
}

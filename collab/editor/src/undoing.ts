/** How much longer undoing or redoing would make the text: what was deleted comes back, what was written goes. */
import * as Y from 'yjs'

import { bytesIn } from './bytes'

/** Bytes of UTF-8, of the step that is on top of `stack`. */
export function growthOfStep({ doc }: Y.UndoManager, stack: Y.UndoManager['undoStack']): number {
  const step = stack.at(-1)
  if (!step) return 0
  let bytes = 0
  doc.transact((tr) => {
    Y.iterateDeletedStructs(tr, step.deletions, (struct) => {
      if (isHere(struct) || Y.isDeleted(step.insertions, struct.id)) return
      bytes += bytesOf(struct)
    })
    Y.iterateDeletedStructs(tr, step.insertions, (struct) => {
      if (isHere(struct)) bytes -= bytesOf(struct)
    })
  })
  return bytes
}

/** Whether it is in the text, or something that was put in its place. */
function isHere(struct: Y.GC | Y.Item): boolean {
  return !struct.deleted || (struct instanceof Y.Item && struct.redone !== null)
}

function bytesOf(struct: Y.GC | Y.Item): number {
  const content = struct instanceof Y.Item ? struct.content : null
  return content instanceof Y.ContentString ? bytesIn(content.str) : 0
}

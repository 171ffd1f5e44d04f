/** How many bytes a text takes in UTF-8, kept up to date from change to change: nobody counts ten megabytes per key. */
import { StateField, type ChangeSet, type Text } from '@codemirror/state'

/** Bytes of the whole text. */
export const textBytes = StateField.define<number>({
  create: ({ doc }) => bytesOf(doc),
  update: (bytes, tr) => (tr.docChanged ? bytes + growth(tr.changes, tr.startState.doc) : bytes),
})

/** How many bytes more the changes make of the text. */
export function growth(changes: ChangeSet, before: Text): number {
  let bytes = 0
  changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    bytes += bytesOf(inserted) - bytesOf(before, fromA, toA)
  })
  return bytes
}

export function bytesOf(text: Text, from = 0, to = text.length): number {
  let bytes = 0
  for (const chunk of text.iterRange(from, to)) bytes += bytesIn(chunk)
  return bytes
}

/**
 * Each half of a surrogate pair counts two of its four bytes. So the count of a text is the sum of the counts of its
 * parts wherever it is cut, and a change is counted without a look at what stands around it.
 */
export function bytesIn(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return bytes
}

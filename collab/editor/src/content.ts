/** Writes large texts in such a way that what is typed behind them costs no more than elsewhere. */
import * as Y from 'yjs'

/** From how many units on a text counts as large. */
const LARGE = 10_000

/**
 * The shared text of a document, which everybody knows by this name.
 *
 * What one person writes in a row becomes one item, and the server's library measures all of it anew at each key:
 * behind ten megabytes that takes longer than the whole rest. It joins only what was written in reading order, so
 * of a large text the last character is written first. Concurrent edits at this place merge as they always would.
 */
export function contentOf(doc: Y.Doc): Y.Text {
  const text = doc.getText('content')
  const insert = text.insert.bind(text)
  text.insert = (index, content, attributes) => {
    if (content.length < LARGE) return insert(index, content, attributes)
    const last = content.length - (endsWithPair(content) ? 2 : 1)
    doc.transact(() => {
      insert(index, content.slice(last), attributes)
      insert(index, content.slice(0, last), attributes)
    })
  }
  return text
}

function endsWithPair(text: string): boolean {
  return (text.codePointAt(text.length - 2) ?? 0) > 0xffff
}

// A real y-websocket client, as any Yjs editor uses it. Bundled, so that the tests need no Node.
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

export function join(url, documentId) {
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(url, documentId, doc, { disableBc: true })
  return { doc, provider, text: doc.getText('content') }
}

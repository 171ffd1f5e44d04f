// Real Yjs clients, as any editor uses them. Bundled, so that the tests need no Node.
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { EditorView, basicSetup } from 'codemirror'
import { HocuspocusProvider as HocuspocusProvider3 } from 'hocuspocus-provider-3'
import { yCollab } from 'y-codemirror.next'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

// What the README's examples import.
export const modules = {
  '@hocuspocus/provider': { HocuspocusProvider },
  codemirror: { EditorView, basicSetup },
  'y-codemirror.next': { yCollab },
  'y-websocket': { WebsocketProvider },
  yjs: Y,
}

const HOCUSPOCUS = { 3: HocuspocusProvider3, 4: HocuspocusProvider }

export function join(server, documentId) {
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(`${server}/yjs`, documentId, doc, { disableBc: true })
  return { doc, provider, text: doc.getText('content') }
}

export function joinHocuspocus(server, documentId, version, options = {}) {
  const doc = new Y.Doc()
  const url = `${server}/hocuspocus/${documentId}`
  const provider = new HOCUSPOCUS[version]({ url, name: documentId, document: doc, ...options })
  return { doc, provider, text: doc.getText('content') }
}

// A second document, or a late provider, on a socket that another has opened.
export function openHocuspocusSocket(server, documentId) {
  return new HocuspocusProviderWebsocket({ url: `${server}/hocuspocus/${documentId}` })
}

export function joinOnSocket(websocketProvider, documentId, options = {}) {
  const doc = new Y.Doc()
  const provider = new HocuspocusProvider({ websocketProvider, name: documentId, document: doc, ...options })
  provider.attach()
  return { doc, provider, text: doc.getText('content') }
}

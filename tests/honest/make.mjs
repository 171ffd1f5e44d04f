// Writes yjs.json: what real Yjs clients send while people write together. Made with yjs 13.6.33 on Node 20:
//   mkdir /tmp/yjs && cd /tmp/yjs && npm install yjs@13.6.33
//   cp <here>/make.mjs . && node make.mjs > <here>/yjs.json
// A story is the updates a server receives, in order, and the text it must then hold. Same seed, same file.
import * as Y from 'yjs'

let seed = 20240501
const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff
const below = n => Math.floor(random() * n)
const WORDS = ['a', 'word ', '\n', 'é', 'e\u0301', '日本', '😀', '👨‍👩‍👧', '🙂🙃 ', 'שלום', '\u202e', '\u0000', '\ufffd', '𝔘nicode']

const open = (clientID, options = {}) => {
  const doc = new Y.Doc(options)
  doc.clientID = clientID
  return doc
}
const text = doc => doc.getText('content')
const points = doc => {
  const at = [0]
  for (const character of text(doc).toString()) at.push(at.at(-1) + character.length)
  return at
}
const edit = doc => doc.transact(() => {
  for (let i = below(3); i >= 0; i--) {
    const at = points(doc)
    const one = below(at.length)
    if (random() < 0.65 || at.length < 3) {
      text(doc).insert(at[one], WORDS[below(WORDS.length)])
    } else {
      const end = Math.min(at.length - 1, one + 1 + below(6))
      text(doc).delete(at[one], at[end] - at[one])
    }
  }
}, doc)

const stories = []
const story = (name, tell) => {
  const server = open(1)
  const updates = []
  const receive = update => {
    updates.push(Buffer.from(update).toString('hex'))
    Y.applyUpdate(server, update)
    if (server.store.pendingStructs || server.store.pendingDs) throw new Error(name)
  }
  tell(receive, server)
  stories.push({ name, updates, text: text(server).toString() })
}
const sendDiff = (from, receive, server) => receive(Y.encodeStateAsUpdate(from, Y.encodeStateVector(server)))
const catchUp = (doc, server) => Y.applyUpdate(doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(doc)))

story('one person types, live', receive => {
  const doc = open(3000000001)
  doc.on('update', receive)
  for (let i = 0; i < 60; i++) edit(doc)
})

story('four people type at once, live, each hears the others late', (receive, server) => {
  const docs = [7, 300, 70000, 4000000000].map(id => open(id))
  for (const doc of docs) doc.on('update', (update, origin) => origin === doc && receive(update))
  for (let i = 0; i < 120; i++) {
    const doc = docs[below(4)]
    random() < 0.3 ? catchUp(doc, server) : edit(doc)
  }
})

story('offline for a while, back with a diff', (receive, server) => {
  const docs = [11, 12, 4294967295].map(id => open(id))
  for (let i = 0; i < 80; i++) {
    const doc = docs[below(3)]
    if (random() < 0.8) edit(doc)
    else {
      sendDiff(doc, receive, server)
      catchUp(doc, server)
    }
  }
  for (const doc of docs) sendDiff(doc, receive, server)
})

story('undo and redo among others', (receive, server) => {
  const docs = [21, 22].map(id => open(id))
  const undo = docs.map(doc => new Y.UndoManager(text(doc), { trackedOrigins: new Set([doc]), captureTimeout: 0 }))
  docs.forEach((doc, i) => doc.on('update', (update, origin) => (origin === doc || origin === undo[i]) && receive(update)))
  for (let i = 0; i < 120; i++) {
    const one = below(2)
    const dice = random()
    if (dice < 0.5) edit(docs[one])
    else if (dice < 0.7) undo[one].undo()
    else if (dice < 0.8) undo[one].redo()
    else catchUp(docs[one], server)
  }
  for (const doc of docs) sendDiff(doc, receive, server)
})

for (const gc of [true, false]) {
  story(`a whole document of many deletions at once, gc ${gc}`, (receive, server) => {
    const docs = [31, 32, 33].map(id => open(id, { gc }))
    for (let i = 0; i < 150; i++) {
      edit(docs[below(3)])
      if (random() < 0.3) catchUp(docs[below(3)], docs[below(3)])
    }
    for (const doc of docs) catchUp(docs[0], doc)
    text(docs[0]).delete(0, text(docs[0]).length)
    text(docs[0]).insert(0, 'the end 😀')
    receive(Y.encodeStateAsUpdate(docs[0]))
    receive(Y.encodeStateAsUpdate(docs[1]))
    sendDiff(docs[0], receive, server)
  })
}

story('updates merged on the way', receive => {
  const doc = open(41)
  let batch = []
  doc.on('update', update => batch.push(update))
  for (let i = 0; i < 60; i++) {
    edit(doc)
    if (random() < 0.3 && batch.length) {
      receive(Y.mergeUpdates(batch))
      if (random() < 0.5) receive(Y.mergeUpdates(batch))
      batch = []
    }
  }
  if (batch.length) receive(Y.mergeUpdates(batch))
})

const doc = open(51)
const sent = []
doc.on('update', update => sent.push(update))
for (const word of ['one ', 'two ', 'three ']) text(doc).insert(text(doc).length, word)
const gap = Buffer.from(Y.mergeUpdates([sent[0], sent[2]])).toString('hex')
console.log(JSON.stringify({ yjs: '13.6.33', stories, gap }, null, 1))

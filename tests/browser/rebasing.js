// Random lives of a document. Every letter in them is there only once, so that none can be mistaken for another.
// `play(seed, kit)` plays one and returns what came of it; it throws when a promise is broken.

function chanceOf(seed) {
  let state = (seed + 1) * 2654435761
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) / 2 ** 24
  }
  return { random, below: (n) => Math.floor(random() * n) }
}

function demand(truth, words) {
  if (!truth) throw new Error(words)
}

export function play(seed, { Y, rebase }) {
  const { random, below } = chanceOf(seed)
  let drawn = 0
  const written = []
  const letter = () => written[written.push(String.fromCodePoint((random() < 0.3 ? 0x20000 : 0x4e00) + drawn++)) - 1]
  const open = () => new Y.Doc()
  const textOf = (doc) => doc.getText('content')
  const read = (doc) => textOf(doc).toString()
  const sync = (from, to) => Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)))

  const edit = (doc) => {
    const letters = [...read(doc)]
    const at = random() < 0.5 ? letters.length : below(letters.length + 1)
    const units = (end) => letters.slice(0, end).join('').length
    if (random() < 0.7 || letters.length < 3) {
      textOf(doc).insert(units(at), Array.from({ length: 1 + below(5) }, letter).join(''))
    } else {
      const end = Math.min(letters.length, at + 1 + below(4))
      textOf(doc).delete(units(at), units(end) - units(at))
    }
  }
  const write = (docs, server, times) => {
    for (let i = below(times); i > 0; i--) {
      const doc = docs[below(docs.length)]
      edit(doc)
      sync(doc, server)
      for (const other of docs) if (random() < 0.6) sync(server, other)
    }
  }

  // The first life, its backup, and what was written after that.
  const server = open()
  const writers = [open(), open()]
  write(writers, server, 25)
  const backup = Y.encodeStateAsUpdate(server)
  write(writers, server, 20)

  // Somebody works on offline, in one tab or on in another; some of it reaches the server without an answer.
  const offline = random() < 0.2 ? [open(), open()] : [open()]
  for (const doc of offline) sync(server, doc)
  const before = new Set(read(offline[0]))
  const first = written.length
  const unsent = []
  const all = open()
  sync(server, all)
  for (const doc of offline) {
    if (doc !== offline[0]) sync(all, doc)
    doc.on('update', (update) => unsent.push(update))
    for (let i = 1 + below(14); i > 0; i--) {
      if (random() < 0.3) doc.transact(() => [edit(doc), edit(doc)])
      else edit(doc)
    }
    sync(doc, all)
  }
  const edits = Y.mergeUpdates(unsent)
  const ours = open()
  sync(all, ours)
  const takenBack = new Set(written.slice(first).filter((one) => !read(ours).includes(one)))

  // The next life: the backup with more behind it, the same life under another name, or nothing at all.
  const life = ['restored', 'restored', 'same', 'new'][below(4)]
  const next = open()
  if (life === 'restored') Y.applyUpdate(next, backup)
  if (life === 'same') {
    sync(server, next)
    for (const update of unsent.slice(0, below(unsent.length))) Y.applyUpdate(next, update)
  }
  const later = open()
  sync(next, later)
  const arrived = read(next)
  write([later], next, 6)

  const old = read(next)
  const removed = new Set([...arrived].filter((one) => !old.includes(one)))
  const { update, left, shared } = rebase(next, edits, life === 'same')
  demand(read(next) === old, 'the document was changed at once')
  const state = Y.encodeStateAsUpdate(next)
  if (update) Y.applyUpdate(next, update)
  const text = read(next)
  const result = { life, text, left, shared, state, update }

  const letters = [...text, ...left].filter((one) => one !== '\n')
  demand(new Set(letters).size === letters.length, `something is there twice: ${text} / ${left}`)
  demand(!next.store.pendingStructs && !next.store.pendingDs, 'something waits for ever')
  const mine = new Set([...read(ours)].filter((one) => !before.has(one)))
  const deleted = new Set([...before].filter((one) => !read(ours).includes(one)))
  for (const one of mine) demand(letters.includes(one) || removed.has(one), `${one} was written and is nowhere`)
  for (const one of left) demand(one === '\n' || mine.has(one), `${one} is left over and was not mine`)
  for (const one of text) demand(mine.has(one) || old.includes(one), `${one} came back`)
  for (const one of text) demand(!deleted.has(one), `${one} was deleted`)
  for (const one of letters) demand(!takenBack.has(one), `${one} was written and deleted again`)
  for (const one of old) demand(text.includes(one) || deleted.has(one) || takenBack.has(one), `${one} is gone`)
  if (life === 'same') demand(left === '', 'in the same life everything has a place')
  if (life === 'new') demand(update === null && !shared, 'nothing fits into a new document')

  // What stood in an order still does.
  const place = new Map([...read(ours)].map((one, at) => [one, at]))
  for (const part of [text, ...left.split('\n')]) {
    const known = [...part].filter((one) => place.has(one)).map((one) => place.get(one))
    demand(known.every((at, i) => i === 0 || known[i - 1] < at), `another order: ${part} of ${read(ours)}`)
  }

  // A second time there is nothing left to do but what had no place.
  if (update) {
    const again = open()
    Y.applyUpdate(again, state)
    Y.applyUpdate(again, update)
    Y.applyUpdate(again, update)
    demand(read(again) === text, 'the new edits are not what they were')
  }
  return result
}

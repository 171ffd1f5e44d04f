/**
 * Edits that cannot be merged as they are become new edits: what fits stands where it stood, and what has no
 * place any more is given back as text.
 *
 * Such edits were made in another life of the document (it was restored or put in order since) or by another person,
 * under whose client ids the server takes nothing from us. Merged as they are, they would bring back text that was
 * lost on purpose, or wait for ever for letters that are gone. So each run of new letters is put down as if typed
 * now, by a new client, behind the letter it was typed behind, or else before the one it was typed before, if that
 * letter is here or was put down a moment ago. Deletions of letters that are here are repeated.
 *
 * A letter is named by [client id, clock], and that name means the same letter in both lives or nothing. For a
 * client id belongs to one replica that numbers its letters upwards; pages, the server and these new edits all
 * draw theirs at random and never take one up again, and the server lets nobody go on counting in a later life where
 * a client of an earlier one had been. The one place that has no name, the beginning of the text, counts only where
 * the two lives have some letter in common: a document made anew under an old id is none of ours.
 */
import * as Y from 'yjs'

import { Sheet, type Spot } from './sheet'

export interface Rebased {
  /** The new edits; null when nothing is left to do. */
  update: Uint8Array | null
  /** What has no place: each passage on lines of its own, in the order in which they were begun. */
  left: string
  /** The edits have some letter in common with the document. */
  shared: boolean
  /** Letters were deleted that this document, which has none of theirs, may have under other names. */
  undeleted: boolean
}

/** What `edits` come to in `doc`, which is not changed. `sameLife` means that they were made in this very document. */
export function rebase(doc: Y.Doc, edits: Uint8Array, sameLife: boolean): Rebased {
  const { structs, ds } = Y.decodeUpdate(edits)
  const items = structs.filter((struct): struct is Y.Item => struct instanceof Y.Item)
  const sheet = new Sheet(Y.encodeStateAsUpdate(doc))
  const rest = new Sheet()
  const shared = sameLife || [...namesIn(items, ds.clients)].some((id) => sheet.has(id))
  const updates: Uint8Array[] = []
  sheet.doc.on('update', (update: Uint8Array) => updates.push(update))
  let passages = 0
  sheet.doc.transact((tr) => {
    rest.doc.transact((restTr) => {
      const placing: Placing = { sheet, tr, rest, restTr, shared, passage: () => rest.start(String(passages++)) }
      for (const item of inOrder(items)) place(item, placing)
      for (const [client, ranges] of ds.clients) {
        for (const { clock, len } of ranges) {
          sheet.delete(tr, client, clock, clock + len)
          rest.delete(restTr, client, clock, clock + len)
        }
      }
    })
  })
  const texts = Array.from({ length: passages }, (_, name) => rest.doc.getText(String(name)).toString())
  const deleted = [...namesIn([], ds.clients)]
  const undeleted = !shared && deleted.some((id) => !rest.has(id))
  return { update: updates[0] ?? null, left: texts.filter((text) => text !== '').join('\n'), shared, undeleted }
}

/** All that these edits wrote and did not take back, as text. */
export function textOf(edits: Uint8Array): string {
  return rebase(new Y.Doc(), edits, false).left
}

interface Placing {
  sheet: Sheet
  tr: Y.Transaction
  rest: Sheet
  restTr: Y.Transaction
  shared: boolean
  /** The beginning of a new passage of what has no place. */
  passage: () => Spot
}

function place(item: Y.Item, { sheet, tr, rest, restTr, shared, passage }: Placing): void {
  const { client, clock } = item.id
  const known = Math.max(0, sheet.knownOf(client) - clock)
  const content = known < item.length ? from(item.content, known) : null
  if (!content) return
  const id = Y.createID(client, clock + known)
  const origin = known > 0 ? Y.createID(client, id.clock - 1) : item.origin
  const right = item.rightOrigin
  if (!rest.has(origin)) {
    const spot = sheet.after(tr, origin) ?? sheet.before(tr, right) ?? (!origin && shared ? sheet.start('content') : null)
    if (spot) return sheet.put(tr, spot, id, content)
  }
  rest.put(restTr, rest.after(restTr, origin) ?? rest.before(restTr, right) ?? passage(), id, content)
}

/** The content without its first `known` letters; null when it is none that Collab writes. */
function from(content: Y.Item['content'], known: number): Y.ContentString | Y.ContentDeleted | null {
  if (content instanceof Y.ContentString) return new Y.ContentString(content.str.slice(known))
  return content instanceof Y.ContentDeleted ? new Y.ContentDeleted(content.len - known) : null
}

/** The same items, each of them behind those it names. Each client's own are in the order of their clocks already. */
function inOrder(items: readonly Y.Item[]): Y.Item[] {
  const queues = new Map<number, Y.Item[]>()
  for (const item of items) {
    const queue = queues.get(item.id.client)
    if (queue) queue.push(item)
    else queues.set(item.id.client, [item])
  }
  const heads = new Map([...queues.keys()].map((client) => [client, 0]))
  const ordered: Y.Item[] = []
  const comes = (id: Y.ID | null): boolean => {
    const queue = (id && queues.get(id.client)) ?? []
    const next = queue[(id && heads.get(id.client)) ?? 0]
    return id !== null && next !== undefined && next.id.clock <= id.clock && id.clock <= queue.at(-1)!.lastId.clock
  }
  const goOn = (force: boolean): boolean => {
    const before = ordered.length
    for (const [client, queue] of queues) {
      let head = heads.get(client) ?? 0
      for (let item = queue[head]; item && (force || !(comes(item.origin) || comes(item.rightOrigin))); item = queue[head]) {
        ordered.push(item)
        heads.set(client, ++head)
      }
    }
    return ordered.length > before
  }
  while (goOn(false));
  goOn(true) // items that wait for each other: no honest editor makes them, and nothing of them may be lost
  return ordered
}

type Deleted = ReadonlyMap<number, readonly { clock: number; len: number }[]>

function* namesIn(items: readonly Y.Item[], deleted: Deleted): Generator<Y.ID | null> {
  for (const { id, origin, rightOrigin } of items) yield* [id, origin, rightOrigin]
  for (const [client, ranges] of deleted) for (const { clock } of ranges) yield Y.createID(client, clock)
}

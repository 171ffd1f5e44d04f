/**
 * What a replica holds, in three numbers; collab/document/digest.py says exactly how.
 *
 * CRC-32 of the state vector as Yjs encodes it, CRC-32 of the text in UTF-8, and its length in bytes.
 */
export interface Digest {
  vector: number
  text: number
  size: number
}

/** UTF-16 units that are worked on at once. */
const PIECE = 65_536
/** How long the page may be busy with it before it looks after other things. */
const MOMENT_MS = 4
const POLYNOMIAL = 0xedb88320

/** The digest of a text, worked out bit by bit while nobody has to wait; null once `goOn` says no. */
export async function digestOf(vector: Uint8Array, text: string, goOn: () => boolean): Promise<Digest | null> {
  const encoder = new TextEncoder()
  const table = makeTable()
  let state = 0xffffffff
  let size = 0
  let since = performance.now()
  for (let from = 0; from < text.length; ) {
    const to = wholeCharacters(text, from + PIECE)
    const bytes = encoder.encode(text.slice(from, to))
    state = crc(table, state, bytes)
    size += bytes.length
    from = to
    if (performance.now() - since > MOMENT_MS) {
      await new Promise((resolve) => window.setTimeout(resolve))
      if (!goOn()) return null
      since = performance.now()
    }
  }
  return { vector: finish(crc(table, 0xffffffff, vector)), text: finish(state), size }
}

/** No piece may end between the halves of an emoji. */
function wholeCharacters(text: string, end: number): number {
  const last = text.charCodeAt(end - 1)
  return last >= 0xd800 && last < 0xdc00 ? end + 1 : end
}

function crc(table: Uint32Array, state: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) state = table[(state ^ bytes[i]!) & 0xff]! ^ (state >>> 8)
  return state
}

function finish(state: number): number {
  return (state ^ 0xffffffff) >>> 0
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, number) => {
    for (let bit = 0; bit < 8; bit++) number = number & 1 ? POLYNOMIAL ^ (number >>> 1) : number >>> 1
    return number
  })
}

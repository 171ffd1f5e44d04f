/** Who else is here and where, as the server says; and where we are, said to the server not too often. */
import * as Y from 'yjs'

import type { PresenceEntry } from './protocol'

export interface Cursor {
  anchor: Y.RelativePosition
  head: Y.RelativePosition
}

export interface Other {
  /** Of the person, not of the tab. */
  id: string
  name: string
  color: string
  /** How the colour is drawn, where several people share it: 0 to 3. */
  pattern: number
  cursor: Cursor | null
}

const COLOR = /^#[0-9a-f]{6}$/i
const DEFAULT_COLOR = '#5f6368'
const NAME_LENGTH = 40
const PATTERNS = new Set([1, 2, 3])
const TELL_EVERY_MS = 50
const KEEP_AFTER_BLUR_MS = 30_000

/** The others by client id. A state that is not as agreed counts as "no cursor", never as an error. */
export class Others {
  private readonly known = new Map<number, { clock: number; other: Other | null }>()

  constructor(private readonly self: number) {}

  /** Takes in what the server says and returns what was news; null means gone. */
  receive(entries: readonly PresenceEntry[]): Map<number, Other | null> {
    const news = new Map<number, Other | null>()
    for (const { client, clock, state } of entries) {
      if (client === this.self || clock <= (this.known.get(client)?.clock ?? -1)) continue
      const other = readOther(state)
      this.known.set(client, { clock, other })
      news.set(client, other)
    }
    return news
  }

  /** Forgets everyone, clocks too; returns who was there. */
  forget(): number[] {
    const clients = [...this.known.keys()]
    this.known.clear()
    return clients
  }
}

/** Our own cursor: the latest wins, at most one message every 50 ms, gone half a minute after the focus. */
export class OwnCursor {
  private clock = 0
  private told = ''
  private timer = 0
  private farewell = 0
  private due = false
  private place: (() => unknown) | null = null

  constructor(
    private readonly client: number,
    private readonly send: (entry: PresenceEntry) => void,
  ) {}

  /** The cursor moved, or the focus is back; `place` makes the JSON of it when it is time to send. */
  moved(place: () => unknown): void {
    window.clearTimeout(this.farewell)
    this.place = place
    this.tell()
  }

  /** The focus went elsewhere: somebody who reads on is still there, somebody who left is not. */
  blurred(): void {
    window.clearTimeout(this.farewell)
    this.farewell = window.setTimeout(() => this.leave(), KEEP_AFTER_BLUR_MS)
  }

  /** A new connection knows nothing of us yet. */
  reintroduce(): void {
    this.told = ''
    this.tell()
  }

  /** This client is gone for good; another editor on the same connection may come after it. */
  destroy(): void {
    window.clearTimeout(this.farewell)
    window.clearTimeout(this.timer)
    this.send({ client: this.client, clock: this.clock + 1, state: null })
  }

  private leave(): void {
    this.place = null
    this.tell()
  }

  private tell(): void {
    this.due = true
    if (this.timer) return
    this.say()
    this.timer = window.setTimeout(() => {
      this.timer = 0
      if (this.due) this.tell()
    }, TELL_EVERY_MS)
  }

  private say(): void {
    this.due = false
    const cursor = this.place?.() ?? null
    const words = JSON.stringify(cursor)
    if (words === this.told) return
    this.told = words
    this.clock += 1
    this.send({ client: this.client, clock: this.clock, state: { cursor } })
  }
}

function readOther(state: unknown): Other | null {
  if (!isRecord(state)) return null
  const user = isRecord(state.user) ? state.user : {}
  const name = typeof user.name === 'string' ? [...user.name].slice(0, NAME_LENGTH).join('') : ''
  const id = typeof user.id === 'string' ? user.id : ''
  const color = typeof user.color === 'string' && COLOR.test(user.color) ? user.color : DEFAULT_COLOR
  const pattern = typeof user.pattern === 'number' && PATTERNS.has(user.pattern) ? user.pattern : 0
  return { id, name, color, pattern, cursor: readCursor(state.cursor) }
}

function readCursor(value: unknown): Cursor | null {
  if (!isRecord(value)) return null
  const anchor = readPosition(value.anchor)
  const head = readPosition(value.head)
  return anchor && head ? { anchor, head } : null
}

/** A place in the text, if this is the JSON of one. */
export function readPosition(value: unknown): Y.RelativePosition | null {
  if (!isRecord(value) || (value.tname ?? 'content') !== 'content' || value.type != null) return null
  const { item, assoc } = value
  if (item == null) return Y.createRelativePositionFromJSON({ tname: 'content', assoc: assoc === -1 ? -1 : 0 })
  if (!isRecord(item) || !isCount(item.client) || !isCount(item.clock)) return null
  return Y.createRelativePositionFromJSON({ item: { client: item.client, clock: item.clock }, assoc })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** Finds where in the text the others' cursors are. Finding one walks the document, so it is done in batches. */
import * as Y from 'yjs'

import type { Other } from './presence'

/** Where a cursor is, counted in characters of the editor. */
export interface Place {
  id: string
  name: string
  color: string
  pattern: number
  anchor: number
  head: number
}

const SHORTEST_WAIT_MS = 30
/** At most a tenth of the time goes into looking for cursors, however long the document has become. */
const WAIT_PER_WORK = 10

export class Placer {
  private readonly waiting = new Map<number, Other | null>()
  private timer = 0
  private due = false

  /** `found` gets the new places; null for a cursor that is not to be shown any more. */
  constructor(
    private readonly text: Y.Text,
    private readonly found: (places: Map<number, Place | null>) => void,
  ) {}

  add(news: Iterable<[number, Other | null]>): void {
    for (const [client, other] of news) this.waiting.set(client, other)
    this.schedule()
  }

  /** New text may hold the letters at which a cursor stands that came before them. */
  textArrived(): void {
    this.schedule()
  }

  forget(): void {
    this.waiting.clear()
  }

  destroy(): void {
    window.clearTimeout(this.timer)
    this.waiting.clear()
  }

  private schedule(): void {
    this.due = this.waiting.size > 0
    if (this.due && !this.timer) this.timer = window.setTimeout(() => this.work(), SHORTEST_WAIT_MS)
  }

  private work(): void {
    const start = performance.now()
    this.due = false
    const places = new Map<number, Place | null>()
    for (const [client, other] of this.waiting) {
      const place = other && this.place(other)
      if (place === undefined) continue
      this.waiting.delete(client)
      places.set(client, place)
    }
    if (places.size > 0) this.found(places)
    this.timer = window.setTimeout(() => {
      this.timer = 0
      if (this.due) this.schedule()
    }, WAIT_PER_WORK * (performance.now() - start))
  }

  /** The place; null when the cursor is nowhere; undefined when the text it stands in is not here yet. */
  private place({ id, name, color, pattern, cursor }: Other): Place | null | undefined {
    if (!cursor) return null
    const anchor = this.index(cursor.anchor)
    const head = this.index(cursor.head)
    return anchor === undefined || head === undefined ? undefined : { id, name, color, pattern, anchor, head }
  }

  /** Where in the text this is; undefined when what stands there is not here. */
  index(position: Y.RelativePosition): number | undefined {
    const { doc } = this.text
    const found = doc && Y.createAbsolutePositionFromRelativePosition(position, doc, false)
    return found?.type === this.text ? found.index : undefined
  }
}

/** Where the edits of this page are, in one word that is always true. */
import type { Refusal } from './connection'
import { t } from './words'

export type State = 'saved' | 'saving' | 'offline' | 'read-only' | 'error'

/** What the page may show about the edits made on it. */
export interface Status {
  state: State
  /** Edits of this page that are not in the server's database yet. */
  unsaved: number
  /** How many of them are kept on this device: they are sent even if the page is closed now. */
  kept: number
  /** Edits can be kept on this device; otherwise they are on this page only until they are saved. */
  keeping: boolean
  /** The text of the server has been here. */
  loaded: boolean
  /** Why edits are not saved, for people; empty when nothing is wrong. */
  reason: string
  /** The server takes nothing more from this page: only a reload helps. */
  final: boolean
}

export interface Facts {
  /** The socket is connected now. */
  open: boolean
  /** It has been connected at least once; before that the page is opening, not offline. */
  joined: boolean
  settled: boolean
  loaded: boolean
  trouble: boolean
  refusal: Refusal | null
  readOnly: boolean
  unsaved: number
  kept: number
  keeping: boolean
}

export const STATUS_EVENT = 'collab-status'

const TROUBLE = t('the server cannot store edits just now. They are kept, and tried again.')

export function statusOf(facts: Facts): Status {
  const state = stateOf(facts)
  const reason = state === 'error' ? (facts.refusal?.words ?? TROUBLE) : ''
  const { unsaved, keeping, loaded, refusal } = facts
  const kept = Math.min(facts.kept, unsaved)
  return { state, unsaved, kept, keeping, loaded, reason, final: refusal !== null }
}

function stateOf(facts: Facts): State {
  if (facts.refusal) return 'error'
  if (!facts.open) return facts.joined || facts.unsaved > 0 ? 'offline' : 'saving'
  if (facts.trouble && facts.unsaved > 0) return 'error'
  if (facts.readOnly && facts.unsaved === 0) return 'read-only'
  return facts.settled ? 'saved' : 'saving'
}

/** Keeps the last status and tells it: to subscribers, and as a bubbling event on the editor's element. */
export class StatusBoard {
  private readonly subscribers = new Set<(status: Status) => void>()

  constructor(
    private readonly root: HTMLElement,
    public last: Status,
  ) {}

  post(status: Status): void {
    if (JSON.stringify(status) === JSON.stringify(this.last)) return
    this.last = status
    this.root.dispatchEvent(new CustomEvent(STATUS_EVENT, { bubbles: true, detail: status }))
    for (const tell of this.subscribers) tell(status)
  }

  /** Calls at once with the last status, then with every new one. Returns the way out. */
  subscribe(tell: (status: Status) => void): () => void {
    this.subscribers.add(tell)
    tell(this.last)
    return () => this.subscribers.delete(tell)
  }
}

/** Frames over NiceGUI's own socket: cut into pieces on the way out, put together on the way in. */
import { fromBase64, joined } from './base64'
import { Outgoing } from './pieces'

/** The part of a socket.io client that is used here; NiceGUI keeps it as `window.socket`. */
export interface Socket {
  readonly connected: boolean
  readonly id?: string | undefined
  on(event: string, listener: (...args: never[]) => void): unknown
  off(event: string, listener: (...args: never[]) => void): unknown
  emit(event: string, ...args: unknown[]): unknown
}

declare global {
  interface Window {
    socket?: Socket
  }
}

export interface WireListener {
  opened(): void
  closed(): void
  frame(data: Uint8Array): void
}

const EVENT = 'collab'
const SOCKET_POLL_MS = 20

/** Calls back once NiceGUI has made its socket, which is after our components are mounted. Returns "never mind". */
export function whenSocketExists(found: (socket: Socket) => void): () => void {
  if (window.socket) {
    found(window.socket)
    return () => undefined
  }
  const timer = window.setInterval(() => {
    if (!window.socket) return
    window.clearInterval(timer)
    found(window.socket)
  }, SOCKET_POLL_MS)
  return () => window.clearInterval(timer)
}

/** The wire of one element. socket.io promises order; that nothing is lost is the sync protocol's work. */
export class Wire {
  private pieces: Uint8Array[] = []
  private outgoing = this.newOutgoing()

  constructor(
    private readonly socket: Socket,
    private readonly element: number,
    private readonly listener: WireListener,
  ) {}

  start(): void {
    this.socket.on('connect', this.onConnect)
    this.socket.on('disconnect', this.onDisconnect)
    this.socket.on(EVENT, this.onPiece)
    if (this.socket.connected) this.listener.opened()
  }

  /** Sends in order, or not at all: what a closed socket would keep for later, the next sync brings anyway. */
  send(frame: Uint8Array): void {
    if (this.socket.connected) this.outgoing.send(frame)
  }

  destroy(): void {
    if (this.socket.connected) this.outgoing.finish()
    this.socket.off('connect', this.onConnect)
    this.socket.off('disconnect', this.onDisconnect)
    this.socket.off(EVENT, this.onPiece)
  }

  private newOutgoing(): Outgoing {
    return new Outgoing((piece, more, ...arrived) => this.socket.emit(EVENT, this.element, piece, more, ...arrived))
  }

  /** What was under way on an old connection is neither finished nor counted on a new one. */
  private forget(): void {
    this.pieces = []
    this.outgoing.stop()
    this.outgoing = this.newOutgoing()
  }

  private readonly onConnect = (): void => {
    this.forget()
    this.listener.opened()
  }

  private readonly onDisconnect = (): void => {
    this.forget()
    this.listener.closed()
  }

  /** `arrived` is there when the server waits for that before it sends more. */
  private readonly onPiece = (element: number, text: string, more: boolean, arrived?: () => void): void => {
    if (element !== this.element) return
    this.pieces.push(fromBase64(text))
    if (!more) {
      const whole = joined(this.pieces)
      this.pieces = []
      this.listener.frame(whole)
    }
    arrived?.()
  }
}

/** Frames over NiceGUI's own socket: cut into pieces on the way out, put together on the way in. */

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
/** A multiple of three, so that the pieces' base64 joins without padding: 500,000 characters each. */
const PIECE_BYTES = 375_000
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
  private pieces: string[] = []

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

  /** Sends now or not at all: what a closed socket would keep for later, the next sync brings anyway. */
  send(frame: Uint8Array): void {
    if (!this.socket.connected) return
    let from = 0
    do {
      const to = from + PIECE_BYTES
      this.socket.emit(EVENT, this.element, toBase64(frame.subarray(from, to)), to < frame.length)
      from = to
    } while (from < frame.length)
  }

  destroy(): void {
    this.socket.off('connect', this.onConnect)
    this.socket.off('disconnect', this.onDisconnect)
    this.socket.off(EVENT, this.onPiece)
  }

  private readonly onConnect = (): void => {
    this.pieces = []
    this.listener.opened()
  }

  private readonly onDisconnect = (): void => {
    this.pieces = []
    this.listener.closed()
  }

  private readonly onPiece = (element: number, text: string, more: boolean): void => {
    if (element !== this.element) return
    this.pieces.push(text)
    if (more) return
    const whole = this.pieces.join('')
    this.pieces = []
    this.listener.frame(fromBase64(whole))
  }
}

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let from = 0; from < bytes.length; from += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(from, from + 0x8000)))
  }
  return btoa(parts.join(''))
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** Bytes as text and back: what NiceGUI's socket carries is text. */

const CHUNK = 0x8000

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let from = 0; from < bytes.length; from += CHUNK) {
    // A typed array is as good as an array here, and spreading it into arguments would take ten times as long.
    binary += String.fromCharCode.apply(null, bytes.subarray(from, from + CHUNK) as unknown as number[])
  }
  return btoa(binary)
}

/** Throws a DOMException for what is not base64. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** All parts, one behind the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

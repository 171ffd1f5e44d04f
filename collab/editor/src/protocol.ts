/**
 * What browser and server say to each other, as bytes.
 *
 * The framing is that of y-websocket (https://github.com/yjs/y-protocols/blob/master/PROTOCOL.md);
 * the types from 100 on are Collab's own and travel on NiceGUI's socket only.
 */
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'

import type { Digest } from './digest'

const SYNC = 0
const AWARENESS = 1
const SAVED = 100
const REFUSED = 101
const RESYNC = 102
const TROUBLE = 103
const CHECK = 104
const SAME = 105
const RENEW = 106

const STEP_1 = 0
const STEP_2 = 1
const UPDATE = 2

/** One client's presence as it travels; `state` is null when that client is gone. */
export interface PresenceEntry {
  client: number
  clock: number
  state: unknown
}

export type Frame =
  | { kind: 'step1'; vector: Uint8Array }
  | { kind: 'step2' | 'update'; update: Uint8Array }
  | { kind: 'presence'; entries: PresenceEntry[] }
  | { kind: 'saved'; frames: number }
  | { kind: 'refused'; code: string; words: string }
  | { kind: 'resync' | 'same' | 'renew' }
  | { kind: 'trouble'; on: boolean }

/** The frame in these bytes. Throws an Error when they are not exactly one frame that the server may send. */
export function decode(data: Uint8Array): Frame {
  const decoder = decoding.createDecoder(data)
  const frame = readFrame(decoder)
  if (decoding.hasContent(decoder)) throw new Error(`Bytes are left over behind a ${frame.kind} frame.`)
  return frame
}

export function encodeStep1(vector: Uint8Array): Uint8Array {
  return encodeSync(STEP_1, vector)
}

export function encodeStep2(update: Uint8Array): Uint8Array {
  return encodeSync(STEP_2, update)
}

export function encodeUpdate(update: Uint8Array): Uint8Array {
  return encodeSync(UPDATE, update)
}

/** The presence of one client, as a frame. */
export function encodePresence({ client, clock, state }: PresenceEntry): Uint8Array {
  const inner = encoding.createEncoder()
  encoding.writeVarUint(inner, 1)
  encoding.writeVarUint(inner, client)
  encoding.writeVarUint(inner, clock)
  encoding.writeVarString(inner, JSON.stringify(state))
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, AWARENESS)
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner))
  return encoding.toUint8Array(encoder)
}

/** What this page holds, after so many frames with text. */
export function encodeCheck(seen: number, { vector, text, size }: Digest): Uint8Array {
  const encoder = encoding.createEncoder()
  for (const number of [CHECK, seen, vector, text, size]) encoding.writeVarUint(encoder, number)
  return encoding.toUint8Array(encoder)
}

function encodeSync(step: number, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, SYNC)
  encoding.writeVarUint(encoder, step)
  encoding.writeVarUint8Array(encoder, payload)
  return encoding.toUint8Array(encoder)
}

function readFrame(decoder: decoding.Decoder): Frame {
  const type = decoding.readVarUint(decoder)
  switch (type) {
    case SYNC:
      return readSync(decoder)
    case AWARENESS:
      return { kind: 'presence', entries: readEntries(decoding.readVarUint8Array(decoder)) }
    case SAVED:
      return { kind: 'saved', frames: decoding.readVarUint(decoder) }
    case REFUSED:
      return { kind: 'refused', code: decoding.readVarString(decoder), words: decoding.readVarString(decoder) }
    case RESYNC:
      return { kind: 'resync' }
    case SAME:
      return { kind: 'same' }
    case RENEW:
      return { kind: 'renew' }
    case TROUBLE:
      return { kind: 'trouble', on: decoding.readVarUint(decoder) !== 0 }
    default:
      throw new Error(`There is no frame of type ${type}.`)
  }
}

function readSync(decoder: decoding.Decoder): Frame {
  const step = decoding.readVarUint(decoder)
  const payload = decoding.readVarUint8Array(decoder)
  switch (step) {
    case STEP_1:
      return { kind: 'step1', vector: payload }
    case STEP_2:
      return { kind: 'step2', update: payload }
    case UPDATE:
      return { kind: 'update', update: payload }
    default:
      throw new Error(`There is no sync step ${step}.`)
  }
}

function readEntries(data: Uint8Array): PresenceEntry[] {
  const decoder = decoding.createDecoder(data)
  const entries: PresenceEntry[] = []
  for (let left = decoding.readVarUint(decoder); left > 0; left--) {
    const client = decoding.readVarUint(decoder)
    const clock = decoding.readVarUint(decoder)
    entries.push({ client, clock, state: JSON.parse(decoding.readVarString(decoder)) as unknown })
  }
  return entries
}

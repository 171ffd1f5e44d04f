/** Which replicas on this device still live: each holds a Web Lock of its own for as long as it does. */

const PREFIX = 'collab-replica-'

/** Holds the lock of a replica. Resolves, once it is held, with the way to let go of it. */
export function live(replica: string): Promise<() => void> {
  return new Promise((resolve) => {
    const none = (): void => resolve(() => undefined)
    const hold = (): Promise<void> => new Promise<void>((release) => resolve(release))
    if (navigator.locks) navigator.locks.request(nameOf(replica), hold).catch(none)
    else none()
  })
}

/**
 * Does the work if nobody lives who is this replica, and keeps anyone from doing the same meanwhile. Resolves with
 * whether that was so.
 *
 * Where there are no Web Locks (pages without TLS that are not on localhost) nobody can tell, and the work is
 * done: two pages that send the same edits do no harm, as Yjs knows an edit it has met before.
 */
export async function ifDead(replica: string, work: () => Promise<void>): Promise<boolean> {
  if (!navigator.locks) return work().then(() => true)
  return navigator.locks.request(nameOf(replica), { ifAvailable: true }, async (lock) => {
    if (lock) await work()
    return lock !== null
  })
}

/** Resolves when nobody lives any more who is this replica: a page that is reloaded ends after the new one begins. */
export async function death(replica: string): Promise<void> {
  await navigator.locks.request(nameOf(replica), () => undefined)
}

/** The replicas that live now, of all documents; none where nobody can tell. */
export async function living(): Promise<string[]> {
  const { held = [] } = (await navigator.locks?.query().catch(() => undefined)) ?? {}
  const names = held.map(({ name = '' }) => name)
  return names.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length))
}

/** A name that no other replica has, not even in a duplicated tab. */
export function newReplica(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function nameOf(replica: string): string {
  return PREFIX + replica
}

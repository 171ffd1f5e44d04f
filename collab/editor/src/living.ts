/** Which replicas on this device still live: each holds a Web Lock of its own for as long as it does. */

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
 * Does the work if nobody lives who is this replica, and keeps anyone from doing the same meanwhile.
 *
 * Where there are no Web Locks (pages without TLS that are not on localhost) nobody can tell, and the work is
 * done: two pages that send the same edits do no harm, as Yjs knows an edit it has met before.
 */
export async function ifDead(replica: string, work: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return work()
  await navigator.locks.request(nameOf(replica), { ifAvailable: true }, (lock) => (lock ? work() : undefined))
}

/** A name that no other replica has, not even in a duplicated tab. */
export function newReplica(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function nameOf(replica: string): string {
  return `collab-replica-${replica}`
}

/** What was restored, or is wrong here, goes on in a new page; and a page must not load itself for ever. */

const PAUSE_MS = 60_000

/**
 * Loads the page anew, unless it did so a moment ago: then something is wrong, and people decide themselves.
 * Returns whether it does.
 */
export function loadAnew(document: string): boolean {
  const name = `collab-restored-${document}`
  try {
    if (Date.now() - Number(sessionStorage.getItem(name) ?? 0) < PAUSE_MS) return false
    sessionStorage.setItem(name, String(Date.now()))
  } catch {
    return false // It could not be told how often it happened.
  }
  window.location.reload()
  return true
}

/** What was restored, or is wrong here, goes on in a new page; and a page must not load itself for ever. */

const PAUSE_MS = 60_000

/** The document began another life, or this page shows something else than the server holds. */
export type Cause = 'restored' | 'wrong'

/**
 * Loads the page anew, unless it did so for this cause a moment ago: then something is wrong, and people decide
 * themselves. Returns whether it does. A page that was wrong, and is so again, may make the document begin another
 * life; so one cause does not stand in the way of the other.
 */
export function loadAnew(document: string, cause: Cause): boolean {
  const name = `collab-${cause}-${document}`
  try {
    if (Date.now() - Number(sessionStorage.getItem(name) ?? 0) < PAUSE_MS) return false
    sessionStorage.setItem(name, String(Date.now()))
  } catch {
    return false // It could not be told how often it happened.
  }
  window.location.reload()
  return true
}

/** On phones whose keyboard lies over the page instead of making it shorter: how much of it is covered. */

/** Keeps `--collab-keyboard` of an element true. Returns the way out. */
export function keepClearOfKeyboard(root: HTMLElement): () => void {
  const seen = window.visualViewport
  if (!seen) return () => undefined
  const measure = (): void => {
    const covered = seen.scale === 1 ? Math.max(0, window.innerHeight - seen.height - seen.offsetTop) : 0
    root.style.setProperty('--collab-keyboard', `${Math.round(covered)}px`)
  }
  seen.addEventListener('resize', measure)
  seen.addEventListener('scroll', measure)
  return () => {
    seen.removeEventListener('resize', measure)
    seen.removeEventListener('scroll', measure)
  }
}

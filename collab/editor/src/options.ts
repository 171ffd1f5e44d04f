/** How somebody likes to have the text before them; remembered by the browser. */

export type Option = 'lineNumbers' | 'lineWrapping'

const KEPT_AS = 'collab-options'

/** What was chosen in this browser; nothing of what never was. */
export function keptOptions(): Partial<Record<Option, boolean>> {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_AS) ?? '{}') as Record<string, unknown>
    const known = (['lineNumbers', 'lineWrapping'] as const).filter((option) => typeof kept[option] === 'boolean')
    return Object.fromEntries(known.map((option) => [option, kept[option]]))
  } catch {
    return {}
  }
}

export function keepOption(option: Option, value: boolean): void {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify({ ...keptOptions(), [option]: value }))
  } catch {
    // A browser that keeps nothing has it as long as the page is open.
  }
}

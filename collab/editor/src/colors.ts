/** Colours that come in pairs: the first on light pages, the second on dark ones (CSS `color-scheme` decides). */

export function pair(light: string, dark: string): string {
  return `light-dark(${light}, ${dark})`
}

/** Somebody's colour; on dark pages as light as can be read there, whatever it is. */
export const TONE = pair('var(--collab-color)', 'oklch(from var(--collab-color) 0.78 min(c, 0.11) h)')
export const ON_TONE = pair('#fff', '#141519')

/** What each colour of CodeMirror's default style becomes: all can be read on the page (4.5 : 1). */
const SYNTAX: Record<string, [light: string, dark: string]> = {
  '#404740': ['#404740', '#a9b1a9'],
  '#708': ['#770088', '#d7a1f9'],
  '#219': ['#221199', '#9db8ff'],
  '#164': ['#116644', '#8fd6a8'],
  '#a11': ['#aa1111', '#ff9d9d'],
  '#e40': ['#b83200', '#ffa877'],
  '#00f': ['#0000ff', '#8ab4f8'],
  '#30a': ['#3300aa', '#b9a7ff'],
  '#085': ['#007a4d', '#7fd8b4'],
  '#167': ['#116677', '#7fd3e0'],
  '#256': ['#225566', '#8fc7da'],
  '#00c': ['#0000cc', '#9db8ff'],
  '#940': ['#8a3f00', '#d6a878'],
  '#f00': ['#c4161c', '#ff8a80'],
}

/** One of them as the page may have it: `--collab-syntax-a11` and so on. */
export function syntaxColor(color: string): string {
  const name = `--collab-syntax-${color.replace('#', '')}`
  return `var(${name}, ${pair(...(SYNTAX[color] ?? [color, color]))})`
}

/** Diagrams in Mermaid's language, as pictures: what is in a picture can neither run nor fetch anything. */
import { mermaid } from 'nicegui-mermaid'

import { t } from '../words'

const LONGEST = 20_000
/** What a text may not set: it could fetch something while it is drawn. The page's policy forbids that, too. */
const SETTLED = [
  ...['secure', 'securityLevel', 'startOnLoad', 'maxTextSize', 'maxEdges', 'suppressErrorRendering', 'htmlLabels'],
  ...['flowchart', 'themeCSS', 'themeVariables', 'fontFamily', 'altFontFamily', 'dompurifyConfig'],
]
let number = 0
let before: Promise<unknown> = Promise.resolve()

mermaid.initialize({
  startOnLoad: false,
  securityLevel: 'strict',
  htmlLabels: false,
  flowchart: { htmlLabels: false },
  suppressErrorRendering: true,
  secure: SETTLED,
  theme: 'neutral',
})

/** The address of the picture of a diagram. Rejects with words when the source is not one. */
export function draw(source: string): Promise<string> {
  // Mermaid draws one after the other: it keeps the diagram that it is at.
  const drawn = before.then(() => picture(source))
  before = drawn.catch(() => undefined)
  return drawn
}

async function picture(source: string): Promise<string> {
  if (source.length > LONGEST) throw new Error(t('This diagram is too long to be drawn.'))
  const { svg } = await mermaid.render(`collab-diagram-${(number += 1)}`, source)
  const drawing = new DOMParser().parseFromString(svg, 'text/html').querySelector('svg')
  if (!drawing) throw new Error(t('This diagram could not be drawn.'))
  const [, , width, height] = (drawing.getAttribute('viewBox') ?? '').split(' ')
  if (width && height) Object.entries({ width, height }).forEach(([name, value]) => drawing.setAttribute(name, value))
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}`
}

/** Formatted text as Markdown. Loaded when the first of it is pasted. */
import { gfm } from '@joplin/turndown-plugin-gfm'
import TurndownService from 'turndown'

const LINKS = new Set(['http:', 'https:', 'mailto:'])
const DROPPED = 'script, style, meta, link, title, noscript, template, iframe, object, embed, svg, canvas, video, audio, form, button'

/** The document is used up. */
export function markdownOf(pasted: Document): string {
  const { body } = pasted
  for (const element of body.querySelectorAll(DROPPED)) element.remove()
  for (const element of body.querySelectorAll<HTMLElement>('b, span, strong')) honest(element)
  for (const link of body.querySelectorAll('a')) if (!leads(link.getAttribute('href'))) link.replaceWith(...link.childNodes)
  for (const image of body.querySelectorAll('img')) if (!leads(image.getAttribute('src'))) image.remove()
  return turndown.turndown(body).replace(/\u00a0/g, ' ').replace(/[ \t]+$/gm, '').trim()
}

const turndown = new TurndownService({
  headingStyle: 'atx',
  bulletListMarker: '-',
  codeBlockStyle: 'fenced',
  emDelimiter: '*',
  hr: '---',
})
turndown.use(gfm)
turndown.addRule('item', {
  filter: 'li',
  replacement(content, node) {
    const parent = node.parentElement
    const before = [...(parent?.children ?? [])].indexOf(node as Element)
    const sign = parent?.nodeName === 'OL' ? `${(Number(parent.getAttribute('start')) || 1) + before}. ` : '- '
    const words = content.trim().replace(/\n/g, `\n${' '.repeat(sign.length)}`)
    return `${sign}${words}${node.nextSibling ? '\n' : ''}`
  },
})

/** Some programs say by style what others say by element, and wrap all in an element that means nothing. */
function honest(element: HTMLElement): void {
  const { fontWeight, fontStyle, textDecorationLine, textDecoration } = element.style
  const names: (keyof HTMLElementTagNameMap)[] = []
  if (/^(bold|[6-9]00)$/.test(fontWeight)) names.push('strong')
  if (fontStyle === 'italic') names.push('em')
  if (/line-through/.test(textDecorationLine || textDecoration)) names.push('del')
  const isBold = element.matches('b, strong') && !/^(normal|[1-5]00)$/.test(fontWeight)
  if (isBold && !names.includes('strong')) names.push('strong')
  const content = [...element.childNodes]
  const outer = names.reduceRight<Node[]>((inside, name) => {
    const made = element.ownerDocument.createElement(name)
    made.append(...inside)
    return [made]
  }, content)
  element.replaceWith(...outer)
}

function leads(address: string | null): boolean {
  return address !== null && URL.canParse(address) && LINKS.has(new URL(address).protocol)
}

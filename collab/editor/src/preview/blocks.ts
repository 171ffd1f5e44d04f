/** Markdown as clean HTML, block by block. Nothing in a text can make a reader's browser run or fetch anything. */
import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'
import type { Env, RendererRule, Token } from 'markdown-it'
import footnotes from 'markdown-it-footnote'

import { math } from './math'
import { tasks } from './tasks'
import { t } from '../words'

/** A paragraph, a list, a table ... with the lines it was made of, counted from 0; `to` is behind the last. */
export interface Block {
  html: string
  from: number
  to: number
}

const TAGS =
  'p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a img hr br table thead tbody tr th td input sup section span div'
const ATTRIBUTES = 'href src alt title class id type checked align start'
const LINKS = new Set(['http:', 'https:', 'mailto:'])

const markdown = new MarkdownIt({ html: false, linkify: true }).use(footnotes).use(tasks).use(math)
markdown.renderer.rules.th_open = markdown.renderer.rules.td_open = alignedCell
markdown.renderer.rules.image = onlyOwnImages(markdown.renderer.rules.image!)

/** The blocks of a text, in order. */
export function blocksOf(text: string): Block[] {
  const env: Env = { docId: 'preview' }
  const blocks: Block[] = []
  let [depth, line] = [0, 0]
  let group: Token[] = []
  for (const token of markdown.parse(text, env)) {
    group.push(token)
    depth += token.nesting
    if (depth > 0) continue
    const [from, to] = group.find((part) => part.map)?.map ?? [line, line]
    const known = token.type.startsWith('footnote') ? [line, line] as const : [from, to] as const
    env.first = known[0]
    blocks.push({ html: markdown.renderer.render(group, markdown.options, env), from: known[0], to: known[1] })
    line = known[1]
    group = []
  }
  return blocks
}

/** The second gate: what is left of HTML when only harmless elements, attributes and links remain. */
export function clean(html: string): DocumentFragment {
  return purifier.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ATTRIBUTES.split(' '),
    ALLOW_DATA_ATTR: true,
    RETURN_DOM_FRAGMENT: true,
  })
}

const purifier = DOMPurify(window)
purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node instanceof HTMLAnchorElement) cleanLink(node)
  if (node instanceof HTMLInputElement && node.type !== 'checkbox') node.remove()
})

function cleanLink(link: HTMLAnchorElement): void {
  const address = link.getAttribute('href')
  if (address?.startsWith('#')) return
  if (!address || !LINKS.has(link.protocol)) return link.removeAttribute('href')
  link.target = '_blank'
  link.rel = 'noopener noreferrer'
}

/** Alignment as an attribute: nothing in the preview has a style of its own. */
function alignedCell(...[tokens, index, options, , self]: Parameters<RendererRule>): string {
  const token = tokens[index]!
  const side = /left|right|center/.exec(String(token.attrGet('style') ?? ''))
  token.attrs = side ? [['align', side[0]]] : null
  return self.renderToken(tokens, index, options)
}

/** An image from elsewhere would tell its server who reads this, and when: it is a link instead. */
function onlyOwnImages(draw: RendererRule): RendererRule {
  return (tokens, index, options, env, self) => {
    const token = tokens[index]!
    const address = String(token.attrGet('src') ?? '')
    const own = URL.canParse(address, location.href) && new URL(address, location.href).origin === location.origin
    if (own) return draw(tokens, index, options, env, self)
    const { escapeHtml } = markdown.utils
    const words = token.content.trim() || address
    return `<a class="preview-image" href="${escapeHtml(address)}">${escapeHtml(t('Image: {words}', { words }))}</a>`
  }
}

/** Small pieces of a page, made without a word of HTML. */

const SVG = 'http://www.w3.org/2000/svg'

/** An element with these properties and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<HTMLElementTagNameMap[K]> & { [name: `aria-${string}`]: string; role?: string } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') element.setAttribute(name, String(value))
    else Object.assign(element, { [name]: value })
  }
  element.append(...children)
  return element
}

/** A picture that is one path on a field of 20 x 20. */
export function picture(path: string): SVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  const line = svg.appendChild(document.createElementNS(SVG, 'path'))
  for (const [name, value] of Object.entries({ viewBox: '0 0 20 20', 'aria-hidden': 'true', class: 'collab-icon' })) {
    svg.setAttribute(name, value)
  }
  line.setAttribute('d', path)
  return svg
}

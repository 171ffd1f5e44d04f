/** What has no types of its own. */
declare module 'markdown-it-footnote' {
  import type { MarkdownIt } from 'markdown-it'
  export default function footnotes(markdown: MarkdownIt): void
}
/** The copy of Mermaid that NiceGUI serves. */
declare module 'nicegui-mermaid' {
  export const mermaid: {
    initialize(settings: object): void
    render(id: string, source: string): Promise<{ svg: string }>
  }
}

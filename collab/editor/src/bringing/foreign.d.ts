/** The parts of untyped packages that are used here. */
declare module 'turndown' {
  interface Rule {
    filter: string
    replacement(content: string, node: HTMLElement): string
  }
  export default class TurndownService {
    constructor(options: Record<string, string>)
    use(plugin: (service: TurndownService) => void): this
    addRule(name: string, rule: Rule): this
    turndown(html: Node): string
  }
}

declare module '@joplin/turndown-plugin-gfm' {
  import type TurndownService from 'turndown'
  export function gfm(service: TurndownService): void
}

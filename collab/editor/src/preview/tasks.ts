/** `- [ ] something to do`: an item with a box, as GitHub has it. */
import type { MarkdownIt, StateCore } from 'markdown-it'

const BEGINNING = /^\[([ xX])\]\s+/

export function tasks(markdown: MarkdownIt): void {
  markdown.core.ruler.push('tasks', findTasks)
  markdown.renderer.rules.task_box = (tokens, index, _, env) => {
    const { line, done, words } = tokens[index]!.meta as { line: number; done: boolean; words: string }
    const label = markdown.utils.escapeHtml(words)
    const checked = done ? ' checked' : ''
    // The line counts from the beginning of the block, so that lines above it change nothing here.
    return `<input type="checkbox" class="preview-task" data-line="${line - Number(env?.first)}" aria-label="${label}" title="${label}"${checked}> `
  }
}

function findTasks(state: StateCore): void {
  state.tokens.forEach((token, index) => {
    const [paragraph, item] = [state.tokens[index - 1], state.tokens[index - 2]]
    const first = token.type === 'inline' ? token.children?.[0] : undefined
    const box = first?.type === 'text' ? BEGINNING.exec(first.content) : null
    if (!first || !box || !token.map || paragraph?.type !== 'paragraph_open' || item?.type !== 'list_item_open') return
    const made = new state.Token('task_box', 'input', 0)
    const words = token.content.slice(box[0].length, 120)
    made.meta = { line: token.map[0], done: box[1] !== ' ', words }
    first.content = first.content.slice(box[0].length)
    token.children!.unshift(made)
    item.attrJoin('class', 'preview-task-item')
  })
}

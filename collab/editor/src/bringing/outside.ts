/** Files that are let go beside the text: without this, the browser would leave the page and show them. */
import { ViewPlugin } from '@codemirror/view'

/** Says no to files over the page, except over a text that can be edited. */
export const refusesFilesOutside = ViewPlugin.define(({ contentDOM }) => {
  const over = (event: DragEvent): void => {
    const { dataTransfer: data } = event
    const isTaken = contentDOM.isContentEditable && event.composedPath().includes(contentDOM)
    if (!data?.types.includes('Files') || isTaken) return
    event.preventDefault()
    data.dropEffect = 'none'
  }
  window.addEventListener('dragover', over)
  window.addEventListener('drop', over)
  return {
    destroy: () => {
      window.removeEventListener('dragover', over)
      window.removeEventListener('drop', over)
    },
  }
})

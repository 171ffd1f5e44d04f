/** Tells formatted text on the clipboard from plain: only the first is worth being made into Markdown. */

/** Program editors put their colours on the clipboard, which are not meant. */
const FROM_AN_EDITOR = /vscode|jetbrains|intellij/i
const MEANS_SOMETHING = 'a[href], strong, em, i, h1, h2, h3, h4, h5, h6, ul, ol, table, blockquote, pre, code, del, s, hr'
const BOLD = 'b:not([style*="font-weight:normal"]):not([style*="font-weight: normal"]), [style*="font-weight:700"], [style*="font-weight: 700"]'
const LIKE_CODE = /white-space:\s*pre|font-family:[^;]*mono/i

/** The HTML as a document in which nothing runs and nothing is fetched, if there is something in it to keep. */
export function richPart(data: DataTransfer): Document | null {
  const html = data.getData('text/html')
  if (!html || data.types.some((type) => FROM_AN_EDITOR.test(type))) return null
  const pasted = new DOMParser().parseFromString(html, 'text/html')
  if (isProgram(pasted.body)) return null
  return pasted.body.querySelector(`${MEANS_SOMETHING}, ${BOLD}`) ? pasted : null
}

/** All of it in one box with the look of code: lines of a program, or of a terminal. */
function isProgram(body: HTMLElement): boolean {
  const boxes = [...body.children].filter((child) => !child.matches('meta, style, br'))
  return boxes.length > 0 && boxes.every((box) => box.matches('pre') || LIKE_CODE.test(box.getAttribute('style') ?? ''))
}

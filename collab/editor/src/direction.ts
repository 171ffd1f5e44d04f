/** Each line is written in the direction of its own letters, whatever the page around it is written in. */
import type { Extension, Range } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'

const LETTER = /\p{L}/u
/** Hebrew, Arabic and the scripts beside them in Unicode. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const LOOKED_AT = 400
const LOOKED_BACK = 50
/** The x in a box that is ticked is no letter of the text. */
const TASK = /^\s*(?:[-*+]|\d+[.)])\s+\[[ xX]\]/

type Direction = 'ltr' | 'rtl'
const AS: Record<Direction, Decoration> = {
  ltr: Decoration.line({ attributes: { dir: 'ltr' } }),
  rtl: Decoration.line({ attributes: { dir: 'rtl' } }),
}

/** Lines without letters are written as the line before them, and the first ones as the page is. */
export function directions(): Extension {
  return [EditorView.perLineTextDirection.of(true), ViewPlugin.fromClass(Directions, { decorations: (plugin) => plugin.lines })]
}

class Directions {
  lines: DecorationSet
  private readonly page: Direction = document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr'

  constructor(view: EditorView) {
    this.lines = this.look(view)
  }

  update({ docChanged, viewportChanged, view }: ViewUpdate): void {
    if (docChanged || viewportChanged) this.lines = this.look(view)
  }

  private look({ state: { doc }, visibleRanges }: EditorView): DecorationSet {
    const found: Range<Decoration>[] = []
    for (const { from, to } of visibleRanges) {
      const first = doc.lineAt(from)
      const above = doc.line(Math.max(1, first.number - LOOKED_BACK)).from
      if (this.page === 'ltr' && !RIGHT_TO_LEFT.test(doc.sliceString(above, to))) continue
      let direction = this.page
      for (let line = doc.lineAt(above); ; line = doc.line(line.number + 1)) {
        direction = directionOf(line.text) ?? direction
        if (direction !== this.page && line.from >= from) found.push(AS[direction].range(line.from))
        if (line.to >= to) break
      }
    }
    return Decoration.set(found)
  }
}

function directionOf(text: string): Direction | null {
  const letter = LETTER.exec(text.slice(0, LOOKED_AT).replace(TASK, ''))?.[0]
  return letter ? (RIGHT_TO_LEFT.test(letter) ? 'rtl' : 'ltr') : null
}

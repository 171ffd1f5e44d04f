/** What somebody brings into the text by pasting or dropping, beyond plain words: pictures and formatted text. */
import { syntaxTree } from '@codemirror/language'
import { type Extension, Prec } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

import { type ImagePlace, Images, imagesIn } from './images'
import { saysNews } from './news'
import { refusesFilesOutside } from './outside'
import { arrive, brought, expect, keepsPlaces } from './pending'
import { richPart } from './rich'

const CODE = /Code|HTML/

export class Bringing {
  private readonly images: Images | null
  private markdown = true

  /** `step` makes what happens in it one step of undo; without a `place` there are no pictures. */
  constructor(
    private readonly view: EditorView,
    place: ImagePlace | null,
    private readonly step: (work: () => void) => void,
  ) {
    this.images = place && new Images(view, place, (id, text) => this.put(id, text, 'input.drop'))
  }

  readonly extension: Extension = [
    keepsPlaces(),
    saysNews(),
    refusesFilesOutside,
    Prec.high(
      EditorView.domEventHandlers({
        paste: (event) => this.pasted(event),
        drop: (event) => this.dropped(event),
      }),
    ),
  ]

  /** In other languages nothing is made into Markdown. */
  setMarkdown(markdown: boolean): void {
    this.markdown = markdown
  }

  private pasted(event: ClipboardEvent): boolean {
    const { clipboardData: data } = event
    const { readOnly, selection } = this.view.state
    if (!data || readOnly || !this.markdown || selection.ranges.length > 1) return false
    const plain = data.getData('text/plain')
    const files = imagesIn(data)
    if (this.images && files.length > 0 && !plain.trim()) {
      this.images.bring(files, selection.main)
    } else {
      const rich = this.inCode(selection.main.from) ? null : richPart(data)
      if (!rich) return false
      this.convert(rich, plain)
    }
    event.preventDefault()
    return true
  }

  private dropped(event: DragEvent): boolean {
    const files = imagesIn(event.dataTransfer)
    if (!this.images || files.length === 0 || this.view.state.readOnly || !this.markdown) return false
    const at = this.view.posAtCoords({ x: event.clientX, y: event.clientY }, false)
    this.images.bring(files, { from: at, to: at })
    event.preventDefault()
    return true
  }

  private convert(rich: Document, plain: string): void {
    const id = expect(this.view, this.view.state.selection.main, '')
    import('./markdown').then(
      ({ markdownOf }) => this.put(id, markdownOf(rich) || plain, 'input.paste'),
      () => this.put(id, plain, 'input.paste'), // without a connection it stays plain
    )
  }

  /** Puts what has come where its place is by now; the cursor goes behind it, if it waited there. */
  private put(id: number, text: string, userEvent: string): void {
    const place = arrive(this.view, id)
    const insert = text.replace(/\r\n?/g, '\n')
    if (!place || this.view.state.readOnly) return
    const { main } = this.view.state.selection
    const waited = main.from === place.from && main.to === place.to
    const selection = waited ? { selection: { anchor: place.from + insert.length } } : {}
    const changes = { from: place.from, to: place.to, insert }
    const spec = { changes, ...selection, userEvent, scrollIntoView: waited, annotations: brought.of(true) }
    this.step(() => this.view.dispatch(spec))
  }

  private inCode(at: number): boolean {
    for (let node = syntaxTree(this.view.state).resolveInner(at, -1); node.parent; node = node.parent) {
      if (CODE.test(node.name)) return true
    }
    return false
  }
}

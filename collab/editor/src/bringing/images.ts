/** Pictures that are pasted or dropped: each is uploaded, and its link stands where it was let go. */
import type { EditorView } from '@codemirror/view'

import { tell } from './news'
import { arrive, expect, say } from './pending'
import { n, t } from '../words'

/** Where pictures are sent to, and how many bytes one may have. */
export interface ImagePlace {
  address: string
  limit: number
}

const KINDS = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
const LOST = t('the connection was lost. Try again.')
const NOT_SHOWN = t('only PNG, JPEG, GIF and WebP can be shown.')
/** Why the server did not take it, by the status of its answer. */
const REFUSED: Record<number, string> = {
  403: t('this page may not bring pictures here.'),
  404: t('this document was deleted.'),
  415: NOT_SHOWN,
  429: t('that was much at once. Wait a few seconds, then try again.'),
  503: t('it could not be stored just now. Try again.'),
}

export function imagesIn(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter(({ type }) => type.startsWith('image/'))
}

export class Images {
  private waiting: { file: File; id: number }[] = []
  private running = false

  /** `put` writes into the text, as one step of undo. */
  constructor(
    private readonly view: EditorView,
    private readonly place: ImagePlace,
    private readonly put: (id: number, text: string) => void,
  ) {}

  /** Brings these to this place, one after the other. */
  bring(files: readonly File[], at: { from: number; to: number }): void {
    files.forEach((file, index) => {
      const wrong = this.wrongWith(file)
      if (wrong) return this.fail(file, wrong)
      const range = index === 0 ? at : { from: at.to, to: at.to }
      this.waiting.push({ file, id: expect(this.view, range, uploading(file)) })
    })
    void this.work()
  }

  private async work(): Promise<void> {
    if (this.running) return
    this.running = true
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await this.upload(next.file, next.id)
    this.running = false
  }

  private async upload(file: File, id: number): Promise<void> {
    tell(this.view, uploading(file))
    try {
      const address = await send(this.place.address, file, (part) => {
        say(this.view, id, t('Uploading {name}: {part} %', { name: file.name, part: n(Math.round(100 * part)) }))
      })
      this.put(id, `![${nameOf(file)}](${address})`)
      tell(this.view, '')
    } catch (error) {
      arrive(this.view, id)
      this.fail(file, error instanceof Error ? error.message : LOST)
    }
  }

  private wrongWith(file: File): string {
    if (!KINDS.has(file.type)) return NOT_SHOWN
    return file.size > this.place.limit ? this.tooLarge() : ''
  }

  private tooLarge(): string {
    return t('it is larger than {size} MB.', { size: n(this.place.limit / 1_000_000) })
  }

  private fail(file: File, why: string): void {
    tell(this.view, t('{name} was not uploaded: {why}', { name: file.name, why }), true)
  }
}

function uploading({ name }: File): string {
  return t('Uploading {name}…', { name })
}

/** The address that the server gives it. */
function send(to: string, file: File, progress: (part: number) => void): Promise<string> {
  const { promise, resolve, reject } = withResolvers<string>()
  const request = new XMLHttpRequest() // fetch tells nothing of what was sent
  request.open('POST', to)
  request.responseType = 'json'
  request.upload.addEventListener('progress', ({ loaded, total }) => total > 0 && progress(loaded / total))
  request.addEventListener('error', () => reject(new Error(LOST)))
  request.addEventListener('load', () => {
    const answer = (request.response ?? {}) as { address?: string }
    if (request.status === 201 && answer.address) resolve(answer.address)
    else reject(new Error(REFUSED[request.status] ?? LOST))
  })
  request.send(file)
  return promise
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let [resolve, reject]: [(value: T) => void, (error: Error) => void] = [() => undefined, () => undefined]
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]))
  return { promise, resolve, reject }
}

/** What is said in place of the picture: its name, without the signs that mean something in Markdown. */
function nameOf({ name }: File): string {
  const words = name.replace(/\.[a-z0-9]+$/i, '').replace(/[^\p{L}\p{N}\p{M}\p{Zs}._,-]+/gu, ' ')
  return words.replace(/[\s_]+/g, ' ').trim().slice(0, 80)
}

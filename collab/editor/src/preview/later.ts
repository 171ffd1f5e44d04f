/** Parts of the program that are fetched on first use: where that fails, it is tried again after a while. */

/** Between two times that a part could not be loaded: at first, and at most. */
const AGAIN_MS = 1_000
const LONGEST_MS = 30_000

/** One such part, at once at hand when it has been fetched. */
export class Later<T> {
  /** Null until it has been. */
  module: T | null = null
  private coming: Promise<void> | null = null
  private wait = AGAIN_MS
  private readonly waiting = new Set<(module: T) => void>()

  constructor(private readonly load: () => Promise<T>) {}

  /** Acts with it now, or as soon as it is here. */
  use(act: (module: T) => void): void {
    if (this.module) return act(this.module)
    this.waiting.add(act)
    void this.tried()
  }

  /** Resolves when it is here, or cannot be had just now. */
  tried(): Promise<void> {
    return (this.coming ??= this.fetch())
  }

  /** Resolves when all that waits for it has been done, as far as it can be had just now. */
  async done(): Promise<void> {
    if (this.waiting.size > 0) await this.tried()
  }

  private fetch(): Promise<void> {
    return this.load().then(this.arrived, this.failed)
  }

  private readonly arrived = (module: T): void => {
    this.module = module
    for (const act of this.waiting) act(module)
    this.waiting.clear()
  }

  private readonly failed = (error: unknown): void => {
    console.warn('Collab: a part of this page could not be loaded; it is tried again.', error)
    window.setTimeout(() => (this.coming = this.fetch()), this.wait)
    this.wait = Math.min(2 * this.wait, LONGEST_MS)
  }
}

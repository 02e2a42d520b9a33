import { setTimeout as delay } from 'node:timers/promises';
import type { Delivered } from './deliver.ts';
import { Segment } from './spool.ts';

export interface StreamOptions {
  /** Folder of the segments. */
  readonly folder: string;
  readonly bufferBytes: number;
  readonly bufferSeconds: number;
  /** What an earlier process left undelivered. */
  readonly recovered: readonly Segment[];
  readonly deliver: (segment: Segment) => Promise<Delivered>;
  /** Told of a delivery that failed and will be tried again. */
  readonly failed: (error: unknown, attempt: number) => void;
}

const FIRST_DELAY = 50;
const LONGEST_DELAY = 5_000;

const closed = (): Error =>
  new Error('The delivery stream is closed; what is undelivered is kept for the next start.');

interface Waiting {
  readonly segment: Segment;
  readonly done: PromiseWithResolvers<Delivered>;
}

/**
 * Buffers the records of one delivery stream in a segment and delivers segments in order, one at a time, trying
 * each until it succeeds.
 */
export class BufferedStream {
  readonly #options: StreamOptions;
  readonly #stop = new AbortController();
  readonly #waiting: Waiting[] = [];
  #open: Segment | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastOpened = 0;
  #draining: Promise<void> | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    for (const segment of options.recovered) {
      this.#lastOpened = Math.max(this.#lastOpened, segment.arrival);
      this.#enqueue(segment);
    }
  }

  /** Keeps records; they are on disk when it returns. Gives their sequence numbers. */
  put(records: readonly Buffer[]): string[] {
    if (this.#stop.signal.aborted) throw closed();
    const now = Date.now();
    const segment = this.#open ?? this.#start(now);
    const numbers = segment.append(records, now);
    if (segment.bytes >= this.#options.bufferBytes) this.#seal();
    return numbers;
  }

  /** Records that are kept here and not delivered yet. */
  pending(): number {
    return this.#waiting.reduce((total, { segment }) => total + segment.count, this.#open?.count ?? 0);
  }

  /** Delivers all there is now; resolves when it is delivered, with what became of it. */
  async flush(): Promise<Delivered[]> {
    if (this.#stop.signal.aborted) throw closed();
    this.#seal();
    return Promise.all(this.#waiting.map(({ done }) => done.promise));
  }

  /** Stops delivering after the attempt under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#open?.seal();
    await this.#draining;
    for (const { done } of this.#waiting) done.reject(closed());
  }

  #start(now: number): Segment {
    // Sequence numbers are made from the opening time, so no two segments share one.
    this.#lastOpened = Math.max(now, this.#lastOpened + 1);
    this.#open = new Segment(this.#options.folder, this.#lastOpened);
    this.#timer = setTimeout(() => this.#seal(), this.#options.bufferSeconds * 1000);
    this.#timer.unref();
    return this.#open;
  }

  #seal(): void {
    clearTimeout(this.#timer);
    const segment = this.#open;
    this.#open = undefined;
    if (!segment) return;
    segment.seal();
    if (segment.count > 0) this.#enqueue(segment);
    else segment.remove();
  }

  #enqueue(segment: Segment): void {
    const done = Promise.withResolvers<Delivered>();
    // Nobody may be waiting for it; a rejection at close is no one's failure then.
    done.promise.catch(() => undefined);
    this.#waiting.push({ segment, done });
    this.#draining ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // Not before the caller is answered: acknowledging does not wait for delivery.
    await Promise.resolve();
    for (let next = this.#waiting[0]; next && !this.#stop.signal.aborted; next = this.#waiting[0]) {
      const delivered = await this.#deliver(next.segment);
      if (!delivered) break;
      this.#waiting.shift();
      next.done.resolve(delivered);
    }
    this.#draining = undefined;
  }

  async #deliver(segment: Segment): Promise<Delivered | undefined> {
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      try {
        const delivered = await this.#options.deliver(segment);
        segment.remove();
        return delivered;
      } catch (error) {
        this.#options.failed(error, attempt);
        await this.#pause(Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY));
      }
    }
    return undefined;
  }

  async #pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }
}

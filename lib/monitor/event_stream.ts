import type { WorkflowEvent } from "./events.ts";

type Waiter = PromiseWithResolvers<IteratorResult<WorkflowEvent>>;

/** A bounded buffer between the bus and a reader that takes its time. */
export class EventStream implements AsyncIterableIterator<WorkflowEvent> {
  readonly #capacity: number;
  readonly #signal: AbortSignal | undefined;
  readonly #onEnd: () => void;
  readonly #abort = (): void => this.fail(this.#signal?.reason);
  readonly #waiters: Waiter[] = [];
  #buffer: WorkflowEvent[] = [];
  #head = 0;
  #dropped = 0;
  #lastDropped: WorkflowEvent | undefined;
  #failure: { readonly reason: unknown } | undefined;
  #ended = false;

  /** Makes a stream that keeps `capacity` unread events; `onEnd` is called once, when it takes no more. */
  constructor(capacity: number, signal: AbortSignal | undefined, onEnd: () => void) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(`Cannot stream events as "buffer" must be a positive integer: it is ${capacity}`);
    }
    this.#capacity = capacity;
    this.#signal = signal;
    this.#onEnd = onEnd;
    signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /** Takes an event for the reader. */
  push(event: WorkflowEvent): void {
    if (this.#ended) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) return waiter.resolve({ done: false, value: event });
    this.#buffer.push(event);
    if (this.#buffer.length - this.#head > this.#capacity) {
      this.#dropped++;
      this.#lastDropped = this.#shift();
    }
  }

  /** Takes no more events; what is in the buffer can still be read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#onEnd();
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  }

  /** Ends the stream at once: the next read rejects with the reason. */
  fail(reason: unknown): void {
    if (this.#ended) return;
    const [first, ...others] = this.#waiters.splice(0);
    if (first === undefined) this.#failure = { reason };
    else first.reject(reason);
    for (const waiter of others) waiter.resolve({ done: true, value: undefined });
    this.#forget();
    this.end();
  }

  /** The next event, as soon as there is one. */
  next(): Promise<IteratorResult<WorkflowEvent>> {
    if (this.#failure !== undefined) {
      const { reason } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(reason);
    }
    const value = this.#takeWarning() ?? this.#shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    const waiter: Waiter = Promise.withResolvers();
    this.#waiters.push(waiter);
    return waiter.promise;
  }

  /** Ends the stream early, as `break` does; nothing but the reading stops. */
  return(): Promise<IteratorResult<WorkflowEvent>> {
    this.#forget();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The stream itself. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  #takeWarning(): WorkflowEvent | undefined {
    const last = this.#lastDropped;
    if (last === undefined) return undefined;
    const message = `${this.#dropped} events were dropped here: the reader of this stream was more than ` +
      `${this.#capacity} events behind (read faster, or give a larger "buffer")`;
    this.#dropped = 0;
    this.#lastDropped = undefined;
    // It takes the seat of the last one that was dropped, so that numbers still only grow.
    return { v: 1, seq: last.seq, at: last.at, run: last.run, kind: "Warning", message };
  }

  #shift(): WorkflowEvent | undefined {
    const event = this.#buffer[this.#head];
    if (event === undefined) return undefined;
    this.#head++;
    if (this.#head >= 1024 && this.#head * 2 >= this.#buffer.length) {
      this.#buffer = this.#buffer.slice(this.#head);
      this.#head = 0;
    }
    return event;
  }

  #forget(): void {
    this.#buffer = [];
    this.#head = 0;
    this.#dropped = 0;
    this.#lastDropped = undefined;
  }
}

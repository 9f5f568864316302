import type { Clock } from "../lib/clock.ts";

/** A timer that waits in a `FakeClock`. */
export interface FakeTimer {
  /** When it is due, on the monotonic clock. */
  readonly at: number;
  /** Whether it would keep the script alive. */
  readonly keepAlive: boolean;
}

interface Timer extends FakeTimer {
  readonly callback: () => void;
}

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #timers: Timer[] = [];

  /** Starts at a time in milliseconds since 1970: the first of January 2026, midnight UTC, when not given. */
  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  /** The timers that wait, those due first in front. */
  get timers(): readonly FakeTimer[] {
    return this.#timers;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void, options: { readonly keepAlive?: boolean } = {}): () => void {
    const timer: Timer = { at: this.#monotonic + Math.max(0, ms), keepAlive: options.keepAlive ?? true, callback };
    const place = this.#timers.findIndex((other) => other.at > timer.at);
    this.#timers.splice(place < 0 ? this.#timers.length : place, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  sleep(ms: number, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    function abort(): void {
      cancel();
      reject(signal?.reason);
    }
    const cancel = this.after(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    signal?.addEventListener("abort", abort, { once: true });
    return promise;
  }

  /** Lets time pass and calls what falls due, in order, each at its own time; also what is set meanwhile. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    while (this.#fireNext(end));
    this.#go(end);
  }

  /** The same, and whoever awaits a sleep runs on before the next timer is looked at. */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    do await turn(); while (this.#fireNext(end));
    this.#go(end);
  }

  /** Moves the time of day alone, as a corrected system clock does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #fireNext(end: number): boolean {
    const next = this.#timers[0];
    if (next === undefined || next.at > end) return false;
    this.#timers.shift();
    this.#go(next.at);
    next.callback();
    return true;
  }

  #go(to: number): void {
    this.#now += to - this.#monotonic;
    this.#monotonic = to;
  }
}

/** A turn of the real event loop: all promises that can settle have, and who awaits them has run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

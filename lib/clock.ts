/** Time, handed to whatever waits, so that tests need not. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never jumps; only differences mean anything. */
  monotonic(): number;
  /** Calls back once after `ms`; the returned function calls it off. `keepAlive: false` lets the script end before. */
  after(ms: number, callback: () => void, options?: { readonly keepAlive?: boolean }): () => void;
  /** Waits for `ms`, or rejects with the signal's reason. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** Longest delay a timer of the platform takes; longer waits are cut into pieces. */
const LONGEST = 2 ** 31 - 1;

function after(ms: number, callback: () => void, options: { readonly keepAlive?: boolean } = {}): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  function arm(left: number): void {
    const step = Math.min(left, LONGEST);
    timer = setTimeout(() => left > step ? arm(left - step) : callback(), step);
    if (options.keepAlive === false) timer.unref();
  }
  arm(Math.max(0, ms));
  return () => clearTimeout(timer);
}

function sleep(ms: number, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const cancel = after(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    function abort(): void {
      cancel();
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), after, sleep };

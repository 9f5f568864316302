/** Bounds of how many scripts wait in the pipe of tokens. */
const LEAST = 2;
const MOST = 32;
/** Milliseconds a supply should last: longer than it takes until somebody looks again. */
const SUPPLY = 6;

/** How many scripts should wait where shells can take them: many when they are short, hardly any when they are long. */
export class Ahead {
  #value = LEAST;
  #last = 0;

  /** How many. */
  get value(): number {
    return this.#value;
  }

  /** So many scripts have ended by now. */
  ended(count: number, now: number): void {
    const perMs = count / Math.max(0.5, now - this.#last);
    this.#last = now;
    const wanted = Math.ceil(perMs * SUPPLY) + LEAST;
    this.#value = Math.min(MOST, Math.max(wanted, this.#value - 1));
  }

  /** Whether so many beyond the running ones are enough to let reports come together before they are read. */
  static isAmple(waiting: number): boolean {
    return waiting > LEAST;
  }
}

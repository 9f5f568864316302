/** First in, first out, in O(1) whatever its length: a list that is taken from by moving a mark. */
class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }
  push(item: T): void {
    this.#items.push(item);
  }
  shift(): T | undefined {
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
  unshift(items: readonly T[]): void {
    // What was taken from the front left room for what comes back: no need to move all the others.
    if (items.length <= this.#head) {
      this.#head -= items.length;
      for (const [i, item] of items.entries()) this.#items[this.#head + i] = item;
    } else {
      this.#items = [...items, ...this.#items.slice(this.#head)];
      this.#head = 0;
    }
  }
  *[Symbol.iterator](): Generator<T> {
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item !== undefined) yield item;
    }
  }
}

/** What can wait in a queue. */
export interface Queued {
  /** Lower goes first. */
  readonly priority: number;
  /** Where it is: the queue that it waits in. */
  lane: unknown;
}

/** What waits to run: lower `priority` first, first come inside a priority. Few priorities are in use at a time. */
export class ReadyQueue<T extends Queued> {
  readonly #byPriority = new Map<number, Fifo<T>>();
  /** The priorities in use, lowest first. */
  #order: number[] = [];
  #size = 0;
  /** The queue of the priority used last, which is nearly always the one used next. */
  #lastPriority = NaN;
  #lastFifo: Fifo<T> | undefined = undefined;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds one behind those of its priority. */
  push(item: T): void {
    item.lane = this;
    this.#fifo(item.priority).push(item);
    this.#size++;
  }

  /** Puts some back in front of those of their priority, keeping their order. */
  putBack(items: readonly T[]): void {
    for (const item of items) item.lane = this;
    const groups = Map.groupBy(items, (item) => item.priority);
    for (const [priority, group] of groups) this.#fifo(priority).unshift(group);
    this.#size += items.length;
  }

  /** Takes the next one. */
  shift(): T | undefined {
    for (let priority = this.#order[0]; priority !== undefined; priority = this.#order[0]) {
      const fifo = this.#fifo(priority);
      while (fifo.size > 0) {
        const item = fifo.shift();
        if (item?.lane !== this) continue;
        item.lane = undefined;
        this.#size--;
        return item;
      }
      this.#order.shift();
      this.#byPriority.delete(priority);
      this.#forgetLast();
    }
    return undefined;
  }

  /** Takes out one, in O(1): its place stays and is passed over later. False when it does not wait here. */
  delete(item: T): boolean {
    if (item.lane !== this) return false;
    item.lane = undefined;
    if (--this.#size > 0) return true;
    // Nobody asks an empty queue for the next one, so nothing else would let go of the places.
    this.#order = [];
    this.#byPriority.clear();
    this.#forgetLast();
    return true;
  }

  /** All that wait, in the order in which they would be taken. */
  *[Symbol.iterator](): Generator<T> {
    for (const priority of this.#order) {
      for (const item of this.#byPriority.get(priority) ?? []) if (item.lane === this) yield item;
    }
  }

  #forgetLast(): void {
    this.#lastPriority = NaN;
    this.#lastFifo = undefined;
  }

  #fifo(priority: number): Fifo<T> {
    if (priority === this.#lastPriority && this.#lastFifo !== undefined) return this.#lastFifo;
    let fifo = this.#byPriority.get(priority);
    if (fifo === undefined) {
      fifo = new Fifo();
      this.#byPriority.set(priority, fifo);
      const at = this.#order.findIndex((p) => p > priority);
      this.#order.splice(at < 0 ? this.#order.length : at, 0, priority);
    }
    this.#lastPriority = priority;
    this.#lastFifo = fifo;
    return fifo;
  }
}

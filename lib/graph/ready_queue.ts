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
    this.#items = [...items, ...this.#items.slice(this.#head)];
    this.#head = 0;
  }
  *[Symbol.iterator](): Generator<T> {
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i];
      if (item !== undefined) yield item;
    }
  }
}

/** What waits to run: lower `priority` first, first come inside a priority. Few priorities are in use at a time. */
export class ReadyQueue<T extends { readonly priority: number }> {
  readonly #byPriority = new Map<number, Fifo<T>>();
  /** The priorities in use, lowest first. */
  #order: number[] = [];
  #size = 0;
  /** Taken out but still standing in their place, so that taking one out is O(1). */
  readonly #gone = new Set<T>();
  /** The queue of the priority used last, which is nearly always the one used next. */
  #lastPriority = NaN;
  #lastFifo: Fifo<T> | undefined = undefined;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Adds one behind those of its priority. */
  push(item: T): void {
    this.#fifo(item.priority).push(item);
    this.#size++;
  }

  /** Puts some back in front of those of their priority, keeping their order. */
  putBack(items: readonly T[]): void {
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
        if (item === undefined || (this.#gone.size > 0 && this.#gone.delete(item))) continue;
        this.#size--;
        return item;
      }
      this.#order.shift();
      this.#byPriority.delete(priority);
      this.#lastPriority = NaN;
    }
    return undefined;
  }

  /** Takes out one that waits here. */
  delete(item: T): void {
    if (this.#gone.has(item)) return;
    this.#gone.add(item);
    this.#size--;
  }

  /** All that wait, in the order in which they would be taken. */
  *[Symbol.iterator](): Generator<T> {
    for (const priority of this.#order) {
      for (const item of this.#byPriority.get(priority) ?? []) if (!this.#gone.has(item)) yield item;
    }
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

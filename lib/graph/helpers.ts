import type { App, GivenArgs } from "../apps/types.ts";
import type { Joined } from "../apps/types.ts";
import { fillFutures, findLeaves } from "../apps/arguments.ts";
import { type Ended, markSeen, TaskFuture, taskOf, valueOf } from "./future.ts";
import type { Task } from "./task.ts";

/**
 * Waits for all futures in an array or object, however deep, and gives the same shape with their values. Rejects with
 * the first error once one fails, like `Promise.all`.
 */
export function gather<T>(futures: T): Promise<Joined<T>> {
  const tasks = findLeaves(futures).futures.map(taskOf);
  return new Promise((resolve, reject) => {
    let left = tasks.length;
    function end(): void {
      // The same shape with values in it is what the type says.
      resolve(fillFutures(futures, valueOf) as Joined<T>);
    }
    function one(task: Task): void {
      if (!task.fulfilled) reject(task.result);
      else if (--left === 0) end();
    }
    if (left === 0) return end();
    for (const task of tasks) {
      markSeen(task);
      task.whenOver(one);
    }
  });
}

/** Yields futures in the order in which they end, well or badly: look at `state`, then at `value` or `error`. */
export function asCompleted<T>(futures: Iterable<TaskFuture<T>>): AsyncIterableIterator<Ended<T>> {
  return new Completions(futures);
}

/** Written out because an async generator would await the futures it yields. */
class Completions<T> implements AsyncIterableIterator<Ended<T>> {
  #ended: TaskFuture<T>[] = [];
  #next = 0;
  #left = 0;
  #wake: (() => void)[] = [];

  constructor(futures: Iterable<TaskFuture<T>>) {
    for (const future of futures) {
      this.#left++;
      taskOf(future).whenOver(() => {
        this.#ended.push(future);
        this.#wake.shift()?.();
      });
    }
  }

  async next(): Promise<IteratorResult<Ended<T>, undefined>> {
    if (this.#left === 0) return { done: true, value: undefined };
    this.#left--;
    while (this.#next >= this.#ended.length) await new Promise<void>((resolve) => this.#wake.push(resolve));
    const future = this.#ended[this.#next++];
    // Let go as they go by, so that a million futures are not held by the one who walks along them.
    if (this.#next >= 1024) {
      this.#ended = this.#ended.slice(this.#next);
      this.#next = 0;
    }
    if (future === undefined) return { done: true, value: undefined };
    markSeen(taskOf(future));
    return { done: false, value: future };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** How `map` goes along its input. */
export interface MapOptions {
  /** Calls that may be under way at once; 1,000 when not given. */
  readonly window?: number;
}

/**
 * Calls an app for each item of an input and yields the results in order. Only a window of the input is held, so it
 * may be as long as it likes. An item that fails rejects when its turn comes; leaving the loop cancels what is under way.
 */
export async function* map<I, R>(
  app: App<[I], R>,
  items: Iterable<I> | AsyncIterable<I>,
  options: MapOptions = {},
): AsyncIterableIterator<R> {
  const { window = 1000 } = options;
  if (!Number.isInteger(window) || window < 1) {
    throw new RangeError(`Cannot map "${app.appName}": window must be a whole number from 1, and is ${window}`);
  }
  const held: TaskFuture<R>[] = [];
  try {
    for await (const item of items) {
      // One argument of type I is the argument list of an app that takes [I].
      held.push(app(...[item] as unknown as GivenArgs<[I]>));
      if (held.length < window) continue;
      const first = held.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = held.shift(); first !== undefined; first = held.shift()) yield await first;
  } finally {
    for (const future of held) {
      markSeen(taskOf(future));
      future.cancel("nobody reads the results of map any more");
    }
  }
}

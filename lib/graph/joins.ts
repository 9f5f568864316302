import { fillFutures, findLeaves } from "../apps/arguments.ts";
import type { FutureOf } from "../brand.ts";
import { isFuture } from "../brand.ts";
import { JoinError, RemoteError } from "../errors/mod.ts";
import { within } from "../current.ts";
import { markSeen, ownTask, valueOf } from "./future.ts";
import type { Kernel } from "./kernel.ts";
import type { Task } from "./task.ts";

/** Runs the bodies of join apps, in the script itself, and waits for the futures they return. */
export class Joins {
  readonly #kernel: Kernel;
  /** What each joining task waits for. */
  readonly #waiting = new Map<Task, readonly Task[]>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Takes out what a joining task waits for, because it is cancelled. */
  take(task: Task): readonly Task[] {
    const inner = this.#waiting.get(task) ?? [];
    this.#waiting.delete(task);
    return inner;
  }

  /** Calls the body of a join app. */
  start(task: Task, body: (...args: never[]) => unknown): void {
    task.tries++;
    task.move("joining");
    // What an app is called with fits its body: the types of `join` say so.
    const args = fillFutures(task.args, valueOf) as never[];
    let returned: unknown;
    try {
      returned = within(this.#kernel, () => body(...args));
    } catch (error) {
      return this.#fail(task, error);
    }
    if (returned instanceof Promise) {
      returned.then((value) => this.#joined(task, value, true), (error) => this.#fail(task, error));
    } else this.#joined(task, returned, false);
  }

  #fail(task: Task, error: unknown): void {
    if (!task.over) this.#kernel.outcomes.failed(task, new RemoteError(this.#kernel.outcomes.placeOfTask(task), error));
  }

  #joined(task: Task, returned: unknown, awaited: boolean): void {
    if (task.over) return;
    const futures = findLeaves(returned).futures;
    if (futures.length === 0 && !awaited && !isEmpty(returned)) {
      const text = Deno.inspect(returned, { depth: 1 });
      const error = new TypeError(
        `Cannot join task ${task.shortId} "${task.name}": its body must return a future, or an array or object of them, ` +
          `and returned ${text}`,
      );
      return this.#kernel.settle(task, "failed", error);
    }
    let inner: readonly Task[];
    try {
      inner = futures.map((f: FutureOf<unknown>) => ownTask(f, this.#kernel, task.name));
    } catch (error) {
      return this.#kernel.settle(task, "failed", error);
    }
    if (this.#kernel.bus.wants("TaskJoining")) {
      this.#kernel.bus.emit({ kind: "TaskJoining", task: task.shortId, app: task.name, waitingFor: inner.length });
    }
    this.#waiting.set(task, inner);
    let left = inner.length;
    const one = (): void => {
      if (--left === 0 && this.#waiting.delete(task)) this.#end(task, returned, inner);
    };
    if (left === 0) {
      left = 1;
      one();
    } else for (const each of inner) each.whenOver(one);
  }

  #end(task: Task, returned: unknown, inner: readonly Task[]): void {
    if (task.over) return;
    const failed = [...new Set(inner)].filter((t) => !t.fulfilled);
    for (const each of failed) markSeen(each);
    if (failed.length > 0) {
      return this.#kernel.settle(task, "failed", new JoinError(task, failed, new Set(inner).size));
    }
    const value = isFuture(returned) ? valueOf(returned) : fillFutures(returned, valueOf);
    this.#kernel.outcomes.succeeded(task, value);
  }
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map || value instanceof Set) return value.size === 0;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

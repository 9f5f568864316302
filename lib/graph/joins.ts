import { fillFutures, findLeaves } from "../apps/arguments.ts";
import type { FutureOf } from "../brand.ts";
import { isFuture } from "../brand.ts";
import { JoinError, RemoteError, WorkflowError } from "../errors/mod.ts";
import { caller, within } from "../current.ts";
import { markSeen, ownTask, valueOf } from "./future.ts";
import { circleOf } from "./circle.ts";
import type { Kernel } from "./kernel.ts";
import type { Task } from "./task.ts";

/** What a body has called, without those that were seen to be over. */
interface Called {
  tasks: Task[];
  /** How many there may be before they are looked through: always twice as many as were left, so that it pays. */
  nextLook: number;
}

const LOOK_AFTER = 64;

/** Runs the bodies of join apps, in the script itself, and waits for the futures they return. */
export class Joins {
  readonly #kernel: Kernel;
  /** What each task that joins waits for. */
  readonly #inner = new Map<Task, readonly Task[]>();
  /** What the body of each joining task has called. */
  readonly #called = new Map<Task, Called>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The join task that a call made here belongs to. Throws when it was cancelled: then nothing may start any more. */
  callerOf(app: string): Task | undefined {
    const task = caller();
    if (task?.kernel !== this.#kernel) return undefined;
    if (task.state !== "cancelled") return task;
    throw new WorkflowError(`Cannot call app "${app}": the join ${task.shortId} "${task.name}" was cancelled`);
  }

  /** Notes what a body has called: it ends with the join. */
  adopt(parent: Task, child: Task): void {
    const called = this.#called.get(parent);
    if (called === undefined) return;
    called.tasks.push(child);
    if (called.tasks.length < called.nextLook) return;
    called.tasks = called.tasks.filter((task) => !task.over);
    called.nextLook = Math.max(LOOK_AFTER, 2 * called.tasks.length);
  }

  /** Takes out what a joining task has called, newest first, because it is cancelled. */
  take(task: Task): readonly Task[] {
    const called = this.#called.get(task);
    this.#called.delete(task);
    return called?.tasks.reverse() ?? [];
  }

  /** Calls the body of a join app. */
  start(task: Task, body: (...args: never[]) => unknown): void {
    task.tries++;
    task.move("joining");
    // What an earlier try has called belongs to it still.
    if (!this.#called.has(task)) {
      this.#called.set(task, { tasks: [], nextLook: LOOK_AFTER });
      task.whenOver(() => this.#called.delete(task));
    }
    let returned: unknown;
    try {
      // What an app is called with fits its body: the types of `join` say so.
      const args = fillFutures(task.args, valueOf) as never[];
      returned = within(task, () => body(...args));
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
    const circle = circleOf(task, inner, this.#inner);
    if (circle !== undefined) {
      const way = circle.map((t) => t.shortId).join(" -> ");
      const error = new TypeError(`Cannot join task ${task.shortId} "${task.name}": it would wait for itself: ${way}`);
      return this.#kernel.settle(task, "failed", error);
    }
    this.#inner.set(task, inner);
    task.whenOver(() => this.#inner.delete(task));
    if (this.#kernel.bus.wants("TaskJoining")) {
      this.#kernel.bus.emit({ kind: "TaskJoining", task: task.shortId, app: task.name, waitingFor: inner.length });
    }
    let left = inner.length;
    const one = (): void => {
      if (--left === 0) this.#end(task, returned, inner);
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

import { CancelledError, DependencyError } from "../errors/mod.ts";
import type { Task } from "./task.ts";

/** How many unseen failures are kept to be told one by one; all are counted. */
const KEPT = 10_000;

/** The tasks that failed, and which of them nobody looked at. */
export class Failures {
  readonly #kept = new Set<Task>();
  #unseen = 0;

  /** Tasks that were stopped on purpose, and those that did not run because of that: nobody is told of them. */
  readonly #stopped = new WeakSet<Task>();

  /** Notes a task that is over and has no value. */
  add(task: Task): void {
    if (this.#wasStopped(task)) {
      this.#stopped.add(task);
      task.countedSeen = true;
      return;
    }
    if (task.seen) {
      task.countedSeen = true;
      return this.#passOn(task);
    }
    this.#unseen++;
    if (this.#kept.size < KEPT) this.#kept.add(task);
  }

  #wasStopped({ error }: Task): boolean {
    if (error instanceof CancelledError) return true;
    // The links are tasks: the graph made them.
    return error instanceof DependencyError && this.#stopped.has(DependencyError.viaOf(error) as Task);
  }

  /** Notes that somebody looked at how a task ended. */
  see(task: Task): void {
    task.seen = true;
    if (!this.#count(task)) return;
    this.#passOn(task);
  }

  /** Whoever sees that a task could not run sees why: the tasks down to the root count as seen too. */
  #passOn(task: Task): void {
    for (let error = task.error; error instanceof DependencyError;) {
      const via = DependencyError.viaOf(error);
      // The links are tasks: the graph made them.
      const needed = via as Task;
      if (needed.seen) return;
      needed.seen = true;
      this.#count(needed);
      error = needed.error;
    }
  }

  /** Takes a task out of the unseen ones; false when it was not among them. */
  #count(task: Task): boolean {
    if (task.error === undefined || task.countedSeen) return false;
    task.countedSeen = true;
    this.#unseen--;
    this.#kept.delete(task);
    return true;
  }

  /** How many failures nobody looked at. */
  get unseen(): number {
    return this.#unseen;
  }

  /** The first of them. */
  get list(): readonly Task[] {
    return [...this.#kept];
  }
}

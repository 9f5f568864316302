/** Marks the objects that templates and arguments treat in a way of their own, without either importing their classes. */

/** Stands on every `TaskFuture`. */
export const FUTURE: unique symbol = Symbol.for("sluice.future");
/** Stands on every file that goes in or out of a task. */
export const FILE: unique symbol = Symbol.for("sluice.file");

/** What is needed of a future to wait for it: a `TaskFuture<T>` is one. */
export interface FutureOf<out T> extends PromiseLike<T> {
  /** The mark. */
  readonly [FUTURE]: true;
  /** Number of the task in its workflow. */
  readonly id: number;
}

/** What is needed of a file to name it: `file()` and `output()` make them. */
export interface FileOf {
  /** The mark, and which way it goes. */
  readonly [FILE]: "input" | "output";
  /** Where it is, as a URL. */
  readonly url: string;
  /** Where it is on this machine; throws for a remote file that was not staged in. */
  readonly path: string;
}

/** Whether a value is a `TaskFuture`. */
export function isFuture(value: unknown): value is FutureOf<unknown> {
  return typeof value === "object" && value !== null && FUTURE in value;
}

/** Whether a value is a file made by `file()` or `output()`. */
export function isFile(value: unknown): value is FileOf {
  return typeof value === "object" && value !== null && FILE in value;
}

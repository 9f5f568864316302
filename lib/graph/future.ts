import { FILE, type FileOf, FUTURE, type FutureOf } from "../brand.ts";
import type { InputFile, OutputFile } from "../data/file.ts";
import { file } from "../data/file.ts";
import { InternalError, type ToolkitError, WorkflowError } from "../errors/mod.ts";
import { followLines } from "./lines.ts";
import type { TaskState } from "./states.ts";
import type { Task } from "./task.ts";

/** Gives the package the task behind a future, without a public member for it. */
let taskOf: (future: FutureOf<unknown>) => Task;
/** The value that a future of a task that is done stands for. */
let valueOf: (future: FutureOf<unknown>) => unknown;

/** What is called with the value of a future. */
export type Fulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined;
/** What is called with the error of a future. */
export type Rejected<B> = ((reason: unknown) => B | PromiseLike<B>) | null | undefined;

/** The promise of a task, made when somebody first waits for it. */
function promiseOf(task: Task): Promise<unknown> {
  markSeen(task);
  if (task.fulfilled) return Promise.resolve(task.result);
  if (task.over) return Promise.reject(task.result);
  task.deferred ??= Promise.withResolvers();
  return task.deferred.promise;
}

/** The state of a task. Workers do not tell of each function that they begin it, so that is asked for. */
function stateOf(task: Task): TaskState {
  if (task.state !== "launched") return task.state;
  return task.kernel.executors[task.executor]?.runs(task) === true ? "running" : "launched";
}

/** Notes that somebody looks at how a task ends, and with it at the failures that led to it. */
export function markSeen(task: Task): void {
  task.seen = true;
  if (task.over) task.kernel.failures.see(task);
}

/** What a value can be asked for by `get`. */
export type MemberKey<V> = V extends ReadonlyMap<infer K, unknown> ? K : keyof V;

/** What `get` gives for a key. */
export type Member<V, K> = V extends ReadonlyMap<unknown, infer M> ? M : K extends keyof V ? V[K] : never;

/**
 * What a call of an app returns: the value to come. It can be awaited, and given wherever its value is expected; it is
 * no Promise, so a failure that nobody awaits does not end the script, and nothing is allocated for futures that
 * nobody awaits.
 */
export class TaskFuture<out T> implements PromiseLike<T>, FutureOf<T> {
  /** The mark of futures. */
  readonly [FUTURE] = true;
  readonly #task: Task;

  /** Apps make futures; scripts do not. */
  constructor(task: Task) {
    this.#task = task;
  }

  static {
    taskOf = (future) => {
      if (#task in future) return future.#task;
      if (future instanceof DataFuture) return DataFuture.taskOf(future);
      throw new InternalError("Cannot find the task of a future: it was made by another copy of the toolkit");
    };
    valueOf = (future) => future instanceof DataFuture ? future.file : taskOf(future).result;
  }

  /** Number of the task in its workflow, from 1; messages call it `t42`. */
  get id(): number {
    return this.#task.id;
  }
  /** Name of the app. */
  get name(): string {
    return this.#task.name;
  }
  /** How far it is. */
  get state(): TaskState {
    return stateOf(this.#task);
  }
  /** Tries begun so far. */
  get tries(): number {
    return this.#task.tries;
  }
  /** Why it failed, once it has; looking at it counts as having seen it. */
  get error(): ToolkitError | Error | undefined {
    const error = this.#task.error;
    if (error === undefined) return undefined;
    markSeen(this.#task);
    return error instanceof Error ? error : new Error(String(error), { cause: error });
  }
  /**
   * The value, once the task is over: what `await` gives, without waiting.
   *
   * @throws The task's error if it failed; a `WorkflowError` if it is not over.
   */
  get value(): T {
    const task = this.#task;
    markSeen(task);
    // The value of a task is what its app returns, which is what T says.
    if (task.fulfilled) return task.result as T;
    if (task.over) throw task.result;
    throw new WorkflowError(`Cannot read the value of ${task.shortId} "${task.name}": it is ${task.state}`, {
      hint: "await it, or look at its state first",
    });
  }
  /** The files it writes, each as a future of the file. */
  get outputs(): readonly DataFuture[] {
    return (this.#task.extra?.outputs ?? []).map((output) => new DataFuture(this.#task, output));
  }
  /** Path of its stdout, when it goes to a file. */
  get stdout(): string | undefined {
    return this.#task.extra?.stdoutPath;
  }
  /** Path of its stderr, when it goes to a file. */
  get stderr(): string | undefined {
    return this.#task.extra?.stderrPath;
  }

  /** Waits for the value; rejects with the task's error. */
  then<A = T, B = never>(onFulfilled?: Fulfilled<T, A>, onRejected?: Rejected<B>): Promise<A | B> {
    // The value of a task is what its app returns, which is what T says.
    return (promiseOf(this.#task) as Promise<T>).then(onFulfilled, onRejected);
  }

  /** Waits for the error. */
  catch<B = never>(onRejected?: Rejected<B>): Promise<T | B> {
    return this.then(undefined, onRejected);
  }

  /** Waits for the end, good or bad. */
  finally(onEnd?: (() => void) | null): Promise<T> {
    return (promiseOf(this.#task) as Promise<T>).finally(onEnd);
  }

  /**
   * Stops the task: a waiting one never runs, a running one is killed with all it started. What needs it fails.
   *
   * @returns Whether it was still to end; false when it was over.
   */
  cancel(reason?: unknown): boolean {
    return this.#task.kernel.cancel(this.#task, "user", reason);
  }

  /**
   * A future of one member of the value: an element of an array, a property, an entry of a Map. A member that is not
   * there fails that future, never the script.
   */
  get<V, const K extends MemberKey<V>>(this: TaskFuture<V>, key: K): TaskFuture<Member<V, K>> {
    return new TaskFuture(this.#task.kernel.derive(this.#task, key));
  }

  /** Lines of stdout of a bash app, as they come; leaving the loop does not stop the task. */
  lines(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<string> {
    return followLines(this.#task, options.signal);
  }

  /** Short text for logs. */
  get [Symbol.toStringTag](): string {
    return "TaskFuture";
  }
  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `TaskFuture ${this.#task.shortId} "${this.name}" (${this.state})`;
  }
}

/**
 * A future that is over, as `asCompleted` gives it: `value` or `error` is there. It is a `TaskFuture`, without the members
 * that wait: TypeScript takes whatever has a `then` for something that a loop has awaited.
 */
export type Ended<T> = Omit<TaskFuture<T>, "then" | "catch" | "finally">;

/** A file that a task writes, there once the task has ended well. */
export class DataFuture implements PromiseLike<InputFile>, FutureOf<InputFile> {
  /** The mark of futures. */
  readonly [FUTURE] = true;
  readonly #task: Task;
  readonly #output: OutputFile;

  /** Tasks make them; scripts do not. */
  constructor(task: Task, output: OutputFile) {
    this.#task = task;
    this.#output = output;
  }

  /** The task that writes it. */
  static taskOf(future: DataFuture): Task {
    return future.#task;
  }

  /** Number of the task that writes it. */
  get id(): number {
    return this.#task.id;
  }
  /** State of the task that writes it. */
  get state(): TaskState {
    return stateOf(this.#task);
  }
  /** Where it will be, as a URL. */
  get url(): string {
    return this.file.url;
  }
  /** Where it will be on this machine. */
  get path(): string {
    return this.file.path;
  }
  /** Last part of its name. */
  get filename(): string {
    return this.#output.filename;
  }
  /** The file as something to read; it need not be there yet. */
  get file(): InputFile {
    return file(this.#task.kernel.placeOf(this.#task, this.#output));
  }

  /** Waits for the file; rejects with the task's error. */
  then<A = InputFile, B = never>(onFulfilled?: Fulfilled<InputFile, A>, onRejected?: Rejected<B>): Promise<A | B> {
    return promiseOf(this.#task).then(() => this.file).then(onFulfilled, onRejected);
  }

  /** Cancels the task that writes it. */
  cancel(reason?: unknown): boolean {
    return this.#task.kernel.cancel(this.#task, "user", reason);
  }

  /** What `console.log` shows. */
  [Symbol.for("Deno.customInspect")](): string {
    return `DataFuture "${this.path}" of ${this.#task.shortId} (${this.state})`;
  }
}

/** The task behind a future, which must belong to the workflow of `kernel`. */
export function ownTask(future: FutureOf<unknown>, kernel: { readonly run: string }, app: string): Task {
  const task = taskOf(future);
  if (task.kernel !== kernel) {
    throw new WorkflowError(
      `Cannot use ${task.shortId} "${task.name}" of workflow ${task.kernel.run} in app "${app}" of workflow ${kernel.run}`,
      { hint: "await it and pass its value, or call both apps in the same workflow" },
    );
  }
  return task;
}

export { taskOf, valueOf };

/** Whether a file is one that goes out. */
export function isOutput(found: FileOf): boolean {
  return found[FILE] === "output";
}

import { findLeaves } from "../apps/arguments.ts";
import type { AppSpec } from "../apps/spec.ts";
import type { FileOf, FutureOf } from "../brand.ts";
import type { Clock } from "../clock.ts";
import type { InputFile, OutputFile } from "../data/file.ts";
import { type CancelledBy, CancelledError, DependencyError, WorkflowError } from "../errors/mod.ts";
import type { Executor } from "../executor.ts";
import type { EventBus } from "../monitor/bus.ts";
import { Counts } from "./counts.ts";
import { Failures } from "./failures.ts";
import { DataFuture, isOutput, ownTask } from "./future.ts";
import { Launcher } from "./launch.ts";
import type { Memo } from "./memoizer.ts";
import { deriveMember } from "./member.ts";
import { Outcomes } from "./outcome.ts";
import type { KernelSettings } from "./settings.ts";
import type { TaskState } from "./states.ts";
import { type Dependant, Task } from "./task.ts";

/** What a kernel is made of. */
export interface KernelParts {
  /** The run: `0007`, or `default`. */
  readonly run: string;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly settings: KernelSettings;
  /** The run directory, made when it is first asked for. */
  readonly runDir: () => string;
  /** The run directory, if it was made. */
  readonly madeRunDir: () => string | undefined;
  /** What knows earlier results; loaded when a cached task first asks. */
  readonly memo: () => Promise<Memo>;
}

/** The tasks that a signal cancels. */
interface Listening {
  readonly tasks: Set<Task>;
  readonly abort: () => void;
}

const NO_ARGS: readonly unknown[] = [];

/**
 * The graph of one workflow: who waits for whom, and what happens when a task is over. It knows no executor by name
 * and does no I/O; `launch.ts` brings ready tasks to executors and `outcome.ts` judges how their tries ended.
 */
export class Kernel {
  readonly run: string;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly settings: KernelSettings;
  readonly counts: Counts = new Counts();
  readonly failures: Failures = new Failures();
  readonly launcher: Launcher;
  readonly outcomes: Outcomes;
  readonly runDir: () => string;
  readonly madeRunDir: () => string | undefined;
  #executors: readonly Executor[] = [];
  #lastId = 0;
  #open = 0;
  /** The newest task that is not over; the others hang on it as a list, which costs less than a set. */
  #newest: Task | undefined;
  #closed: string | undefined;
  #idle: PromiseWithResolvers<void> | undefined;
  #stopKeepAlive: (() => void) | undefined;
  /** The signals that tasks are to be cancelled by. */
  readonly #signals = new Map<AbortSignal, Listening>();
  /** Tasks that are over and whose dependants were not told yet; a list, because a chain may be 100,000 long. */
  readonly #over: Task[] = [];
  #telling = false;

  constructor(parts: KernelParts) {
    this.run = parts.run;
    this.clock = parts.clock;
    this.bus = parts.bus;
    this.settings = parts.settings;
    this.runDir = parts.runDir;
    this.madeRunDir = parts.madeRunDir;
    this.launcher = new Launcher(this);
    this.outcomes = new Outcomes(this, parts.memo);
  }

  /** The executors, in the order of the configuration. */
  get executors(): readonly Executor[] {
    return this.#executors;
  }
  set executors(executors: readonly Executor[]) {
    this.#executors = executors;
  }
  /** Tasks that are not over. */
  get open(): number {
    return this.#open;
  }
  /** Tasks called so far. */
  get called(): number {
    return this.#lastId;
  }

  /** Refuses further calls, with the reason. */
  refuse(reason: string): void {
    this.#closed ??= reason;
  }

  /**
   * Makes a task of a call.
   *
   * @param args The arguments, with futures standing in them.
   * @param futures The futures in them; undefined for none.
   * @param files The files in them; undefined for none.
   */
  submit(
    spec: AppSpec,
    args: readonly unknown[],
    futures: readonly FutureOf<unknown>[] | undefined,
    files: readonly FileOf[] | undefined,
  ): Task {
    if (this.#closed !== undefined) {
      throw new WorkflowError(`Cannot call app "${spec.name}": ${this.#closed}`);
    }
    const parent = this.outcomes.joins.callerOf(spec.name);
    this.launcher.check(spec);
    const task = new Task(this.#lastId + 1, spec, this, args);
    const needed = futures === undefined ? undefined : this.#link(task, futures);
    const { inputs, outputs, signal } = spec.options;
    const listed = inputs.length === 0 ? undefined : this.#link(task, findLeaves(inputs).futures);
    this.launcher.nameStreams(task);
    this.#lastId++;
    this.#enter(task);
    const made = futures?.filter((f) => f instanceof DataFuture);
    if (files !== undefined || outputs.length > 0 || inputs.length > 0 || (made !== undefined && made.length > 0)) {
      this.#files(task, [...files ?? [], ...(made ?? []).map((f) => f.file)], outputs);
    }
    if (this.bus.wants("TaskSubmitted")) {
      this.bus.emit({ kind: "TaskSubmitted", task: task.shortId, app: spec.name, waitingFor: task.waitingFor });
    }
    if (signal !== undefined) this.#listen(task, signal);
    if (parent !== undefined) this.outcomes.joins.adopt(parent, task);
    this.#wait(task, needed, listed);
    return task;
  }

  #enter(task: Task): void {
    if (this.#open++ === 0) this.#keepAlive();
    this.counts.of(task.name).waiting++;
    const newest = this.#newest;
    task.before = newest;
    if (newest !== undefined) newest.after = task;
    this.#newest = task;
  }

  #leave(task: Task): void {
    const { before, after } = task;
    if (before !== undefined) before.after = after;
    if (after !== undefined) after.before = before;
    else this.#newest = before;
    task.before = undefined;
    task.after = undefined;
  }

  /** Checks that futures are of this workflow; nothing is changed before all are. */
  #link(task: Task, futures: readonly FutureOf<unknown>[]): readonly Task[] {
    return futures.map((future) => ownTask(future, this, task.name));
  }

  /** Puts a task behind those it needs, or on its way when it needs none. */
  #wait(task: Task, ...needed: readonly (readonly Task[] | undefined)[]): void {
    let failed: Task | undefined;
    let failures = 0;
    for (const list of needed) {
      if (list === undefined) continue;
      for (const other of list) {
        task.hasFutures = true;
        if (!other.over) {
          task.waitingFor++;
          other.addDependant(task);
        } else if (!other.fulfilled) {
          failed ??= other;
          failures++;
        }
      }
    }
    if (task.over) return;
    if (failed !== undefined) this.#failDependant(task, failed, failures - 1);
    else if (task.waitingFor === 0) this.ready(task);
  }

  /** Makes a task that has begun to get ready wait for more: holes of a script that are futures. */
  waitAlso(task: Task, futures: readonly FutureOf<unknown>[]): void {
    task.move("pending");
    this.#wait(task, this.#link(task, futures));
  }

  #files(task: Task, files: readonly FileOf[], listed: readonly OutputFile[]): void {
    const extra = task.rare();
    // The mark says which class it is.
    extra.outputs = [...files.filter(isOutput) as OutputFile[], ...listed];
    extra.inputs = [
      ...files.filter((f) => !isOutput(f)),
      ...findLeaves(task.spec.options.inputs).files,
      ...task.spec.options.inputs.filter((i) => i instanceof DataFuture).map((i) => i.file),
    ] as InputFile[];
  }

  /** One listener serves all tasks of a signal: a signal looks through its listeners for each that comes and goes. */
  #listen(task: Task, signal: AbortSignal): void {
    if (signal.aborted) return queueMicrotask(() => void this.cancel(task, "user", signal.reason));
    const listening = this.#signals.get(signal) ?? this.#hear(signal);
    listening.tasks.add(task);
    task.rare().cleanup.push(() => {
      listening.tasks.delete(task);
      if (listening.tasks.size > 0) return;
      this.#signals.delete(signal);
      signal.removeEventListener("abort", listening.abort);
    });
  }

  #hear(signal: AbortSignal): Listening {
    const tasks = new Set<Task>();
    // Newest first, so that none of them ends because another it needs did.
    const abort = (): void => [...tasks].reverse().forEach((task) => this.cancel(task, "user", signal.reason));
    const listening = { tasks, abort };
    this.#signals.set(signal, listening);
    signal.addEventListener("abort", abort);
    return listening;
  }

  /** A task of one member of another's value. */
  derive(task: Task, key: unknown): Task {
    const spec = deriveMember(task, key);
    const derived = new Task(++this.#lastId, spec, this, [task]);
    this.#enter(derived);
    this.#wait(derived, [task]);
    return derived;
  }

  /** Every task it needs is done: sends it on its way. */
  ready(task: Task): void {
    if (task.over) return;
    task.move("ready");
    this.launcher.launch(task);
  }

  /** Ends a task, once and for all, and tells those that wait for it. */
  settle(task: Task, state: TaskState, result: unknown): void {
    const counts = this.counts.of(task.name);
    if (task.state === "launched" || task.state === "running") counts.launched--;
    else counts.waiting--;
    task.move(state);
    task.result = result;
    task.args = NO_ARGS;
    switch (state) {
      case "done":
      case "memoized":
      case "failed":
      case "dependencyFailed":
      case "cancelled":
        counts[state]++;
        break;
      default:
        throw new TypeError(`Cannot end a task in state ${state}`);
    }
    this.#leave(task);
    if (!task.fulfilled) this.failures.add(task);
    this.outcomes.announce(task);
    if (task.extra !== undefined) this.#tidy(task);
    this.#over.push(task);
    if (!this.#telling) this.#tellAll();
  }

  #tidy(task: Task): void {
    const { extra } = task;
    if (extra === undefined) return;
    for (const call of extra.cleanup.splice(0)) call();
    extra.script = undefined;
    extra.bodyArgs = undefined;
  }

  #tellAll(): void {
    this.#telling = true;
    try {
      for (let task = this.#over.pop(); task !== undefined; task = this.#over.pop()) this.#tell(task);
    } finally {
      this.#telling = false;
    }
  }

  #tell(task: Task): void {
    const { deferred } = task;
    if (deferred !== undefined) {
      task.deferred = undefined;
      if (task.fulfilled) deferred.resolve(task.result);
      else deferred.reject(task.result);
    }
    for (const dependant of task.takeDependants()) this.#tellOne(task, dependant);
    if (--this.#open === 0) this.#allOver();
  }

  #tellOne(task: Task, dependant: Dependant): void {
    if (typeof dependant === "function") dependant(task);
    else if (dependant.over) return;
    else if (!task.fulfilled) this.#failDependant(dependant, task, 0);
    else if (--dependant.waitingFor === 0) this.ready(dependant);
  }

  #failDependant(task: Task, needed: Task, others: number): void {
    const limit = Error.stackTraceLimit;
    // The stack of a task that never ran says nothing, and costs more than everything else here.
    Error.stackTraceLimit = 0;
    const error = new DependencyError(task, needed, others);
    Error.stackTraceLimit = limit;
    this.settle(task, "dependencyFailed", error);
  }

  /** Stops a task; false when it is over already. */
  cancel(task: Task, by: CancelledBy, reason: unknown): boolean {
    if (task.over) return false;
    const error = new CancelledError(`task ${task.shortId} "${task.name}"`, by, reason);
    if (task.state === "launched" || task.state === "running") {
      const extra = task.rare();
      if (extra.cancelled === undefined) {
        extra.cancelled = error;
        this.#executors[task.executor]?.cancel(task);
      }
      return true;
    }
    const called = this.outcomes.joins.take(task);
    this.settle(task, "cancelled", error);
    for (const inner of called) this.cancel(inner, "parent", reason);
    return true;
  }

  /** Stops every task that is not over. */
  cancelAll(by: CancelledBy, reason: unknown): void {
    const tasks: Task[] = [];
    for (let task = this.#newest; task !== undefined; task = task.before) tasks.push(task);
    // Newest first, so that none of them starts because of another's end.
    for (const task of tasks) this.cancel(task, by, reason);
  }

  /** Waits until every task is over. */
  whenIdle(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  /** Where a file that a task writes is, seen from the script. */
  placeOf(task: Task, output: OutputFile): string {
    return this.outcomes.place(task, output);
  }

  #keepAlive(): void {
    const forEver = 2 ** 31 - 1;
    this.#stopKeepAlive = this.clock.after(forEver, () => this.#keepAlive());
  }

  #allOver(): void {
    this.#stopKeepAlive?.();
    this.#stopKeepAlive = undefined;
    const idle = this.#idle;
    this.#idle = undefined;
    idle?.resolve();
  }
}

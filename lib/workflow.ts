import { systemClock } from "./clock.ts";
import { enter, leave } from "./current.ts";
import { CheckpointError } from "./errors/checkpoint.ts";
import { firstLine } from "./errors/graph.ts";
import type { Executor, ExecutorHost, ExecutorStatus, WorkItem } from "./executor.ts";
import { Kernel } from "./graph/kernel.ts";
import { type Memo, NO_MEMO } from "./graph/memoizer.ts";
import type { CheckpointMode } from "./graph/memo/store.ts";
import type { KernelSettings } from "./graph/settings.ts";
import type { Task } from "./graph/task.ts";
import { EventBus } from "./monitor/bus.ts";
import type { RunCounts, WorkflowEvent } from "./monitor/events.ts";
import { RunRecorder } from "./monitor/recorder.ts";
import type { ProgressSnapshot } from "./monitor/render_progress.ts";
import { Interrupts } from "./interrupts.ts";
import { VERSION } from "./version.ts";

/** What happens to unfinished tasks when a workflow closes. */
export type ExitMode = "wait" | "cancel" | "skip";

/** How a workflow is opened: the configuration, with every default filled in. */
export interface WorkflowOptions {
  readonly settings: KernelSettings;
  readonly executors: readonly Executor[];
  readonly runDir: string;
  readonly checkpointMode: CheckpointMode;
  readonly checkpointPeriod: number;
  readonly resume: boolean | string;
  readonly exitMode: ExitMode;
  readonly progress: "auto" | "on" | "off";
  readonly logLevel: "debug" | "info" | "warn" | "error" | "off";
  /** Whether the run directory is made at once; otherwise when something has to be kept. */
  readonly eager: boolean;
}

/** How a run went. */
export interface WorkflowSummary extends RunCounts {
  /** The run: `0007`. */
  readonly run: string;
  /** Directory of the run, if there is one. */
  readonly runDir: string | undefined;
  /** How long it has been open, in seconds. */
  readonly seconds: number;
}

/** What `wf.events()` looks at. */
export interface EventsOptions {
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** How many events are kept for a reader that is slow; then the oldest are dropped, and that is told. */
  readonly buffer?: number;
}

/** The graph of a workflow, for the toolkit's own use. */
let kernelOf: (workflow: Workflow) => Kernel;

/** One run: its graph, its executors, its directory. `await using` waits for its tasks and gives everything back. */
export class Workflow implements AsyncDisposable {
  readonly #options: WorkflowOptions;
  readonly #bus: EventBus;
  readonly #kernel: Kernel;
  readonly #recorder: RunRecorder;
  readonly #interrupts: Interrupts;
  readonly #openedAt = systemClock.monotonic();
  #memo: Promise<Memo> | undefined;
  /** Whether the runs to resume from could not be used. */
  #refused = false;
  #closing: Promise<void> | undefined;

  /** `load()` opens workflows; scripts do not. */
  constructor(options: WorkflowOptions) {
    this.#options = options;
    this.#recorder = new RunRecorder({
      runsDir: options.runDir,
      eager: options.eager,
      level: options.logLevel,
      progress: options.progress,
      read: () => this.#snapshot(),
    });
    this.#bus = this.#recorder.bus;
    this.#kernel = new Kernel({
      run: this.#recorder.run,
      clock: systemClock,
      bus: this.#bus,
      settings: options.settings,
      runDir: () => this.#recorder.directory(),
      madeRunDir: () => this.#recorder.made,
      memo: () => this.#memo ??= this.#openMemo(),
    });
    this.#kernel.executors = options.executors;
    this.#interrupts = new Interrupts((signal) => this.#interrupted(signal));
    enter(this.#kernel);
    this.#recorder.start();
  }

  /** Makes the executors ready and sends what waited for them. */
  async start(): Promise<void> {
    if (this.#options.resume !== false) await this.#resume();
    await Promise.all(this.#options.executors.map((executor) => executor.start(this.#host(executor))));
    this.#opened();
  }

  async #resume(): Promise<void> {
    try {
      await this.#kernel.outcomes.memo();
    } catch (error) {
      // The error is thrown; it need not be told as a warning too when the workflow is given up.
      this.#memo = undefined;
      this.#refused = true;
      throw error;
    }
  }

  /** The same for executors that are ready at once; a workflow that nobody opened has no one to wait for it. */
  startNow(): void {
    for (const executor of this.#options.executors) void executor.start(this.#host(executor));
    this.#opened();
    // A script without `load()` never closes its workflow: its last words come when nothing is left to do.
    globalThis.addEventListener("unload", () => this.tell());
    globalThis.addEventListener("beforeunload", () => void this.#closeMemo());
  }

  #opened(): void {
    const executors = this.#options.executors.map((e) => `${e.label} (${e.kind})`);
    this.#bus.emit({ kind: "WorkflowOpened", runDir: this.#recorder.made, executors });
    this.#kernel.launcher.open();
  }

  static {
    kernelOf = (workflow) => workflow.#kernel;
  }

  /** Gives everything back after it could not be opened. */
  async abandon(): Promise<void> {
    leave(this.#kernel);
    this.#kernel.refuse("it was never opened");
    this.#kernel.cancelAll("dispose", "the workflow could not be opened");
    await Promise.allSettled(this.#options.executors.map((e) => e.close()));
    await this.#closeMemo();
    this.#interrupts.stop();
    this.#recorder.finish(this.summary(), []);
    // Nothing ran, and the error says all there is to know: a run that never was must not stand among the others.
    if (this.#refused) this.#recorder.discard();
  }

  #host(executor: Executor): ExecutorHost {
    const kernel = this.#kernel;
    return {
      run: kernel.run,
      started: (item, worker, capturePath) => {
        const task = taskOfItem(item);
        if (task.state !== "launched") return;
        task.move("running");
        if (task.extra !== undefined) task.extra.capturePath = capturePath;
        if (!this.#bus.wants("TaskStarted")) return;
        this.#bus.emit({ kind: "TaskStarted", task: task.shortId, app: task.name, try: task.tries, worker });
      },
      ended: (item, outcome) => kernel.outcomes.ended(taskOfItem(item), outcome),
      flush: () => kernel.outcomes.flush(),
      workerLost: (worker, why) => this.#bus.emit({ kind: "WorkerLost", executor: executor.label, worker, why }),
      warn: (message) => this.#bus.emit({ kind: "Warning", message }),
    };
  }

  async #openMemo(): Promise<Memo> {
    const [{ Journal }, { MemoStore }] = await Promise.all([
      import("./graph/journal/journal.ts"),
      import("./graph/memo/store.ts"),
    ]);
    const { checkpointMode, checkpointPeriod, resume, runDir } = this.#options;
    const directory = this.#recorder.directory();
    const warn = (message: string): void => this.#bus.emit({ kind: "Warning", message });
    let journal;
    try {
      journal = Journal.create(directory, { toolkit: VERSION, resume, runsDir: runDir, clock: systemClock });
    } catch (error) {
      // Nothing is lost but what a later run could have used, so the tasks run all the same.
      if (resume !== false || !(error instanceof CheckpointError)) throw error;
      warn(`${firstLine(error)}; results are not kept for a later run`);
      return NO_MEMO;
    }
    return new MemoStore({
      journal,
      clock: systemClock,
      mode: checkpointMode,
      period: checkpointPeriod,
      written: (records) => this.#bus.emit({ kind: "CheckpointWritten", records }),
      warn,
    });
  }

  /** Id of the run: `0007`; `default` while a workflow without configuration has kept nothing. */
  get run(): string {
    return this.#recorder.run;
  }
  /** Directory of the run, if one was made. */
  get runDir(): string | undefined {
    return this.#recorder.made;
  }
  /** How busy each executor is. */
  get executors(): readonly ExecutorStatus[] {
    return this.#options.executors.map((e) => e.status());
  }

  /** Waits until every task called so far, and every task those call, is over. Failures do not make it reject. */
  async wait(): Promise<void> {
    await this.#kernel.whenIdle();
  }

  /** Cancels every task that is not over. */
  cancel(reason?: unknown): void {
    this.#kernel.cancelAll("user", reason);
  }

  /** What happens from now on, as it happens. */
  events(options: EventsOptions = {}): AsyncIterableIterator<WorkflowEvent> {
    return this.#bus.stream(options);
  }

  /** Writes results that are held back (`checkpointMode` periodic, exit or manual); gives their number. */
  async checkpoint(): Promise<number> {
    const memo = await this.#kernel.outcomes.memo();
    return memo.checkpoint();
  }

  /** How it has gone so far. */
  summary(): WorkflowSummary {
    const kernel = this.#kernel;
    const sum = { done: 0, memoized: 0, failed: 0, dependencyFailed: 0, cancelled: 0 };
    for (const app of kernel.counts.all()) {
      sum.done += app.done + app.memoized;
      sum.memoized += app.memoized;
      sum.failed += app.failed;
      sum.dependencyFailed += app.dependencyFailed;
      sum.cancelled += app.cancelled;
    }
    return {
      tasks: kernel.called,
      ...sum,
      unseen: kernel.failures.unseen,
      run: this.run,
      runDir: this.runDir,
      seconds: (systemClock.monotonic() - this.#openedAt) / 1000,
    };
  }

  #snapshot(): ProgressSnapshot {
    const statuses = this.executors;
    const apps = this.#kernel.counts.all().map((app) => {
      const running = statuses.reduce((sum, s) => sum + (s.running.get(app.name) ?? 0), 0);
      return {
        name: app.name,
        waiting: app.waiting + app.launched - running,
        running,
        done: app.done + app.memoized,
        memoized: app.memoized,
        failed: app.failed + app.dependencyFailed,
        cancelled: app.cancelled,
      };
    });
    return { elapsedMs: systemClock.monotonic() - this.#openedAt, apps, executors: statuses };
  }

  /**
   * Waits for the tasks (or as `exitMode` says), writes what is held back and gives everything back. With `skip` that
   * happens when the last task is over, and only closing again waits for it.
   */
  close(): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#closing = this.#close();
    if (this.#options.exitMode !== "skip") return this.#closing;
    this.#closing.catch((error) => this.#bus.emit({ kind: "Warning", message: firstLine(error) }));
    return Promise.resolve();
  }

  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const kernel = this.#kernel;
    leave(kernel);
    const { exitMode, executors } = this.#options;
    if (exitMode !== "cancel") await kernel.whenIdle();
    kernel.refuse(`workflow ${this.run} is closed`);
    if (exitMode === "cancel") kernel.cancelAll("dispose", undefined);
    const ends = await Promise.allSettled(executors.map((e) => e.close()));
    await kernel.whenIdle();
    await this.#closeMemo();
    this.#interrupts.stop();
    this.tell();
    const failed = ends.filter((e) => e.status === "rejected").map((e) => e.reason);
    if (failed.length > 0) {
      throw new AggregateError(failed, `Cannot close workflow ${this.run}: ${firstLine(failed[0])}`);
    }
  }

  /** Says the last words about the run, once; unseen failures make the exit status of the script 1. */
  tell(): void {
    const { failures } = this.#kernel;
    const unseen = failures.list.map((t) => ({ task: t.shortId, app: t.name, error: firstLine(t.error) }));
    if (!this.#recorder.finish(this.summary(), unseen)) return;
    if (failures.unseen > 0 && (Deno.exitCode ?? 0) === 0) Deno.exitCode = 1;
  }

  /** Ctrl-C and the like: everything is stopped and given back, then the script ends as the signal says. */
  async #interrupted(signal: Deno.Signal): Promise<void> {
    const kernel = this.#kernel;
    kernel.refuse(`the script was interrupted by ${signal}`);
    kernel.cancelAll("user", `the script was interrupted by ${signal}`);
    for (const task of kernel.failures.list) kernel.failures.see(task);
    await Promise.allSettled(this.#options.executors.map((e) => e.close()));
    await this.#closeMemo();
    this.tell();
  }

  async #closeMemo(): Promise<void> {
    const memo = this.#memo;
    this.#memo = undefined;
    try {
      (await memo)?.close();
    } catch (error) {
      this.#bus.emit({ kind: "Warning", message: firstLine(error) });
    }
  }
}

/** An executor gives back the items it was given, and those are tasks. */
function taskOfItem(item: WorkItem): Task {
  return item as Task;
}

export { kernelOf };

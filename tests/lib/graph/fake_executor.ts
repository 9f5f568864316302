import { enter, leave } from "../../../lib/current.ts";
import type { ShellEnd } from "../../../lib/command/types.ts";
import type { Executor, ExecutorHost, ExecutorStatus, Outcome, WorkItem } from "../../../lib/executor.ts";
import type { TaskFuture } from "../../../lib/graph/future.ts";
import { taskOf } from "../../../lib/graph/future.ts";
import { Kernel } from "../../../lib/graph/kernel.ts";
import { DEFAULT_SETTINGS, type KernelSettings } from "../../../lib/graph/settings.ts";
import type { Task } from "../../../lib/graph/task.ts";
import { EventBus } from "../../../lib/monitor/bus.ts";
import { FakeClock } from "../../fake_clock.ts";

/** An executor that does nothing by itself: the test says how each try ends. */
export class FakeExecutor implements Executor {
  readonly label: string;
  readonly kind = "fake";
  readonly needsResources = false;
  /** Tries that were begun and have not ended, oldest first. */
  readonly held: Set<WorkItem> = new Set();
  /** Every try that ever came. */
  readonly submitted: WorkItem[] = [];
  /** Called with every try that comes. */
  onSubmit: (item: WorkItem) => void = () => {};
  /** Whether a cancelled try ends at once. */
  endsCancelled = true;
  #host: ExecutorHost | undefined;

  constructor(label = "fake") {
    this.label = label;
  }

  start(host: ExecutorHost): void {
    this.#host = host;
  }
  checkResources(): void {}
  submit(item: WorkItem): void {
    this.held.add(item);
    this.submitted.push(item);
    this.onSubmit(item);
  }
  cancel(item: WorkItem): void {
    if (this.endsCancelled && this.held.has(item)) this.end(item, { kind: "cancelled" });
  }
  runs(): boolean {
    return false;
  }
  get load(): number {
    return this.held.size;
  }
  status(): ExecutorStatus {
    return { label: this.label, kind: this.kind, slots: 1, busy: 0, queued: this.held.size, running: new Map() };
  }
  close(): Promise<void> {
    for (const item of [...this.held]) this.end(item, { kind: "cancelled" });
    return Promise.resolve();
  }

  /** The try that has been held longest. */
  get first(): WorkItem {
    for (const item of this.held) return item;
    throw new Error("the executor holds nothing");
  }

  /** A try really begins. */
  begin(item: WorkItem = this.first, capturePath?: string): void {
    this.#host?.started(item, "worker", capturePath);
  }
  /** A try ends so. */
  end(item: WorkItem, outcome: Outcome): void {
    this.held.delete(item);
    this.#host?.ended(item, outcome);
    this.#host?.flush();
  }
  /** A try gives a value. */
  finish(value: unknown = undefined, item: WorkItem = this.first): void {
    this.end(item, { kind: "value", value });
  }
  /** A try throws. */
  fail(error: unknown = new Error("no luck"), item: WorkItem = this.first): void {
    this.end(item, { kind: "thrown", error });
  }
  /** A script ends with an exit code and what it wrote. */
  exit(exitCode: number, stdout = "", stderr = "", item: WorkItem = this.first): void {
    this.end(item, { kind: "shell", end: exited(exitCode, stdout, stderr) });
  }
}

/** The end of a script. */
export function exited(exitCode: number, stdout: string | undefined = "", stderr = ""): ShellEnd {
  return { kind: "exited", exitCode, durationMs: 5, stdout, stderr, stdoutTail: stdout ?? "", stderrTail: stderr };
}

/** A graph on fake executors, which calls of apps go to until it is left. */
export interface Bench extends Disposable {
  readonly kernel: Kernel;
  readonly executor: FakeExecutor;
  readonly clock: FakeClock;
}

/** Opens a graph whose tasks go to a fake executor, on a clock that stands still. */
export function openBench(
  settings: Partial<KernelSettings> = {},
  executors: readonly FakeExecutor[] = [new FakeExecutor()],
): Bench {
  const clock = new FakeClock();
  const kernel = new Kernel({
    run: "0001",
    clock,
    bus: new EventBus("0001", clock),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    runDir: () => "/nowhere",
    madeRunDir: () => undefined,
    memo: () => Promise.reject(new Error("there is no memo here")),
  });
  kernel.executors = executors;
  for (const executor of executors) {
    executor.start({
      run: "0001",
      started: (item, _worker, capturePath) => {
        const task = itemTask(item);
        task.move("running");
        task.rare().capturePath = capturePath;
      },
      ended: (item, outcome) => kernel.outcomes.ended(itemTask(item), outcome),
      flush: () => kernel.outcomes.flush(),
      workerLost: () => {},
      warn: () => {},
    });
  }
  kernel.launcher.open();
  enter(kernel);
  const [executor] = executors;
  if (executor === undefined) throw new Error("a graph needs an executor");
  return { kernel, executor, clock, [Symbol.dispose]: () => leave(kernel) };
}

/** The executor is given tasks. */
export function itemTask(item: WorkItem): Task {
  return item as Task;
}

/** The task of a future. */
export function task(future: TaskFuture<unknown>): Task {
  return taskOf(future);
}

/** How a future ends: its value, or its error. */
export async function endOf<T>(future: PromiseLike<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await future };
  } catch (error) {
    return { error };
  }
}

/** The error that a future ends with; an end with a value is an error here. */
export async function errorOf(future: PromiseLike<unknown>): Promise<Error> {
  const end = await endOf(future);
  if ("error" in end && end.error instanceof Error) return end.error;
  throw new Error(`expected an error, and it ended with ${Deno.inspect(end)}`);
}

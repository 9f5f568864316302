import { InvalidResourceSpecificationError } from "../../lib/errors/mod.ts";
import type { Executor, ExecutorHost, ExecutorStatus, Outcome, WorkItem } from "../../lib/executor.ts";
import { ReadyQueue } from "../../lib/graph/ready_queue.ts";
import { suggestion } from "../../lib/text.ts";
import { FunctionPool } from "./functions.ts";
import { ShellRunner } from "./shells.ts";

/** Options of the thread pool. */
export interface ThreadsExecutorOptions {
  readonly label: string;
  readonly maxThreads: number;
  /** Bytes the heap of one worker may take. */
  readonly memPerWorker?: number | undefined;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly killDelay?: number | undefined;
}

/** Ready tasks that are gathered before workers are looked at, within one turn of the script. */
const GATHER = 64;

/** Runs tasks on this machine: functions in Deno workers, scripts in warm shells, no more at once than `maxThreads`. */
export class ThreadsExecutor implements Executor {
  readonly label: string;
  readonly kind = "threads";
  readonly needsResources = false;
  readonly #options: ThreadsExecutorOptions;
  readonly #functionQueue = new ReadyQueue<WorkItem>();
  readonly #scriptQueue = new ReadyQueue<WorkItem>();
  #host: ExecutorHost | undefined;
  #functions: FunctionPool | undefined;
  #shells: ShellRunner | undefined;
  #scheduled = false;
  #gathered = 0;
  #closed = false;

  constructor(options: ThreadsExecutorOptions) {
    this.label = options.label;
    this.#options = options;
  }

  start(host: ExecutorHost): void {
    this.#host = host;
  }

  checkResources(resources: Readonly<Record<string, unknown>>): void {
    const key = Object.keys(resources)[0];
    if (key === undefined) return;
    throw new InvalidResourceSpecificationError(
      `Cannot ask executor "${this.label}" for "${key}": a thread pool has no resources to ask for`,
      key,
      [],
      suggestion(key, []) === "" ? undefined : "leave resources out, or run the app on another executor",
    );
  }

  submit(item: WorkItem): void {
    (item.code === undefined ? this.#scriptQueue : this.#functionQueue).push(item);
    // Within one turn of the script tasks are gathered: one message for many is far cheaper.
    if (++this.#gathered >= GATHER) this.#pump();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#pump();
      });
    }
  }

  cancel(item: WorkItem): void {
    const pool = item.code === undefined ? this.#shells : this.#functions;
    if (pool?.cancel(item) === true) return;
    (item.code === undefined ? this.#scriptQueue : this.#functionQueue).delete(item);
    this.#ended(item, { kind: "cancelled" });
    this.#host?.flush();
  }

  /** Gives ready tasks to whoever has room. */
  #pump(): void {
    this.#gathered = 0;
    if (this.#closed) return;
    const { maxThreads } = this.#options;
    const contested = this.#functionQueue.size > 0 && this.#scriptQueue.size > 0;
    const scriptsFirst = contested && this.#turn;
    if (scriptsFirst) this.#pumpScripts(maxThreads, contested);
    if (this.#functionQueue.size > 0) this.#pumpFunctions(maxThreads, contested);
    if (!scriptsFirst) this.#pumpScripts(maxThreads, contested);
  }

  /** Whose turn it is when there is one slot and both kinds of task wait for it. */
  #turn = false;

  #pumpFunctions(maxThreads: number, contested: boolean): void {
    const busyShells = this.#shells?.busy ?? 0;
    // Each kind gets its half while both have work, and everything when the other has none.
    const share = contested ? Math.max(1, Math.floor(maxThreads / 2)) : maxThreads;
    const limit = Math.min(share, maxThreads - busyShells);
    if (limit <= 0) return;
    const pool = this.#functions ??= this.#makeFunctions();
    if (contested && maxThreads === 1) this.#turn = true;
    pool.feed(this.#functionQueue, limit);
  }

  #pumpScripts(maxThreads: number, contested: boolean): void {
    if (this.#scriptQueue.size === 0) return;
    const busyLanes = this.#functions?.busy ?? 0;
    const share = contested ? Math.max(1, maxThreads - Math.floor(maxThreads / 2)) : maxThreads;
    const limit = Math.min(share, maxThreads - busyLanes);
    if (limit <= 0) return;
    if (contested && maxThreads === 1) this.#turn = false;
    const runner = this.#shells ??= new ShellRunner(maxThreads, this.#options.killDelay ?? 5, {
      started: (item, worker, capturePath) => this.#host?.started(item, worker, capturePath),
      ended: (item, outcome) => this.#ended(item, outcome),
      free: () => {
        this.#host?.flush();
        this.#pump();
      },
      lost: (worker, why) => this.#host?.workerLost(worker, why),
    });
    // Scripts wait in the shells' own queue only when no function could use the slot.
    runner.feed(this.#scriptQueue, limit, limit === maxThreads);
  }

  #makeFunctions(): FunctionPool {
    return new FunctionPool(this.label, this.#options, {
      started: (item, worker) => this.#host?.started(item, worker),
      ended: (item, outcome) => this.#ended(item, outcome),
      free: () => {
        this.#host?.flush();
        this.#pump();
      },
      again: (items) => this.#functionQueue.putBack(items),
      waiting: () => this.#functionQueue.size,
      lost: (worker, why) => this.#host?.workerLost(worker, why),
    });
  }

  #ended(item: WorkItem, outcome: Outcome): void {
    this.#host?.ended(item, outcome);
  }

  status(): ExecutorStatus {
    const running = new Map<string, number>();
    for (const item of [...this.#functions?.running() ?? [], ...this.#shells?.running() ?? []]) {
      running.set(item.name, (running.get(item.name) ?? 0) + 1);
    }
    const busy = [...running.values()].reduce((a, b) => a + b, 0);
    const held = (this.#functions?.open ?? 0) + (this.#shells?.open ?? 0);
    const queued = this.#functionQueue.size + this.#scriptQueue.size + held - busy;
    return { label: this.label, kind: this.kind, slots: this.#options.maxThreads, busy, queued, running };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#functionQueue, ...this.#scriptQueue];
    await Promise.all([this.#functions?.close(), this.#shells?.close()]);
    for (const item of waiting) this.#ended(item, { kind: "cancelled" });
    this.#host?.flush();
  }
}

/** Makes the thread pool of this machine. */
export function createThreadsExecutor(options: ThreadsExecutorOptions): ThreadsExecutor {
  return new ThreadsExecutor(options);
}

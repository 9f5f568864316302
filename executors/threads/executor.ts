import { InvalidResourceSpecificationError } from "../../lib/errors/mod.ts";
import type { Executor, ExecutorHost, ExecutorStatus, Outcome, WorkItem } from "../../lib/executor.ts";
import { ReadyQueue } from "../../lib/graph/ready_queue.ts";
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
  #pumping = false;
  #gathered = 0;
  /** The lowest priority of the functions that came since tasks were last given out. */
  #mostUrgent = Infinity;
  /** Whose turn it is to have the odd slot when both kinds of task wait. */
  #scriptsTurn = false;
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
      "leave resources out, or run the app on another executor",
    );
  }

  submit(item: WorkItem): void {
    if (item.code !== undefined && item.priority < this.#mostUrgent) this.#mostUrgent = item.priority;
    (item.code === undefined ? this.#scriptQueue : this.#functionQueue).push(item);
    // Within one turn of the script tasks are gathered: one message for many is far cheaper.
    if (++this.#gathered >= GATHER) this.#pump();
    else this.#pumpSoon();
  }

  #pumpSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  cancel(item: WorkItem): void {
    const pool = item.code === undefined ? this.#shells : this.#functions;
    if (pool?.cancel(item) === true) return;
    // One that is nowhere has ended already, or its end is on its way.
    if (!(item.code === undefined ? this.#scriptQueue : this.#functionQueue).delete(item)) return;
    this.#ended(item, { kind: "cancelled" });
    this.#host?.flush();
  }

  /** Gives ready tasks to whoever has room. */
  #pump(): void {
    this.#gathered = 0;
    if (this.#closed) return;
    // Whoever hears that a task began may call an app: it waits until those at hand are given out.
    if (this.#pumping) return this.#pumpSoon();
    this.#pumping = true;
    try {
      this.#giveOut();
    } finally {
      this.#pumping = false;
    }
  }

  #giveOut(): void {
    const { maxThreads } = this.#options;
    this.#functions?.makeWay(this.#mostUrgent);
    this.#mostUrgent = Infinity;
    const contested = this.#functionQueue.size > 0 && this.#scriptQueue.size > 0;
    if (!contested) {
      this.#pumpFunctions(maxThreads);
      this.#pumpScripts(maxThreads);
      return;
    }
    // Each kind gets its half while both have work; of an odd number, the odd one goes to each in turn.
    const half = Math.floor(maxThreads / 2);
    const odd = maxThreads - 2 * half;
    const scripts = half + (this.#scriptsTurn ? odd : 0);
    const given = this.#scriptsTurn ? this.#pumpScripts(scripts) : this.#pumpFunctions(maxThreads - scripts);
    if (this.#scriptsTurn) this.#pumpFunctions(maxThreads - scripts);
    else this.#pumpScripts(scripts);
    if (given) this.#scriptsTurn = !this.#scriptsTurn;
    if (this.#functionQueue.size > 0 && this.#scriptQueue.size > 0) return;
    // What one kind left of its half goes to the other: nothing may end for a long time.
    this.#pumpFunctions(maxThreads);
    this.#pumpScripts(maxThreads);
  }

  /** Gives functions to at most `share` workers; whether it gave any. */
  #pumpFunctions(share: number): boolean {
    const limit = Math.min(share, this.#options.maxThreads - (this.#shells?.busy ?? 0));
    const waiting = this.#functionQueue.size;
    if (limit <= 0) return false;
    if (waiting === 0) {
      this.#functions?.spread(limit);
      return false;
    }
    const pool = this.#functions ??= this.#makeFunctions();
    pool.feed(this.#functionQueue, limit);
    return this.#functionQueue.size < waiting;
  }

  /** Gives scripts to at most `share` shells; whether it gave any. */
  #pumpScripts(share: number): boolean {
    const waiting = this.#scriptQueue.size;
    const { maxThreads } = this.#options;
    const limit = Math.min(share, maxThreads - (this.#functions?.busy ?? 0));
    if (waiting === 0 || limit <= 0) return false;
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
    runner.feed(this.#scriptQueue, limit, limit === maxThreads && this.#functionQueue.size === 0);
    return this.#scriptQueue.size < waiting;
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
      lost: (worker, why) => this.#host?.workerLost(worker, why),
    });
  }

  #ended(item: WorkItem, outcome: Outcome): void {
    this.#host?.ended(item, outcome);
  }

  runs(item: WorkItem): boolean {
    return item.code !== undefined && this.#functions?.running().includes(item) === true;
  }

  get load(): number {
    const waiting = this.#functionQueue.size + this.#scriptQueue.size;
    return (waiting + (this.#functions?.open ?? 0) + (this.#shells?.open ?? 0)) / this.#options.maxThreads;
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

import { systemClock } from "../../lib/clock.ts";
import { PermissionError } from "../../lib/errors/mod.ts";
import type { Outcome, WorkItem } from "../../lib/executor.ts";
import type { ReadyQueue } from "../../lib/graph/ready_queue.ts";
import { reviveThrown, type Thrown } from "../../lib/wire/thrown.ts";
import { Lane, type LaneEnd, type LaneHooks } from "./lane.ts";
import { Status } from "./protocol.ts";
import { Sandbox } from "./sandbox.ts";

/** What the function side of the thread pool tells its executor. */
export interface PoolHooks {
  started(item: WorkItem, worker: string, capturePath?: string): void;
  ended(item: WorkItem, outcome: Outcome): void;
  /** Outcomes of one message have been told, and there may be room. */
  free(): void;
  lost(worker: string, why: string): void;
}

interface FunctionHooks extends PoolHooks {
  /** Tasks that were given out and never begun: they go back to the front. */
  again(items: readonly WorkItem[]): void;
  /** How many tasks still wait. */
  waiting(): number;
}

/** Workers that die one after the other before any of them finishes a task mean that none can start. */
const HOPELESS = 5;

/** The Deno workers of the thread pool. */
export class FunctionPool {
  readonly #label: string;
  readonly #heapMb: number;
  readonly #hooks: FunctionHooks;
  readonly #lanes: Lane[] = [];
  readonly #sandbox: Sandbox;
  readonly #timers = new Map<WorkItem, () => void>();
  /** Why a lane is being ended on purpose, for the task it runs. */
  readonly #verdicts = new Map<WorkItem, Outcome>();
  readonly #laneHooks: LaneHooks;
  #made = 0;
  #deaths = 0;
  #closed = false;

  constructor(
    label: string,
    options: { readonly maxThreads: number; readonly memPerWorker?: number | undefined },
    hooks: FunctionHooks,
  ) {
    this.#label = label;
    this.#hooks = hooks;
    this.#heapMb = Math.floor((options.memPerWorker ?? defaultHeap(options.maxThreads)) / 2 ** 20);
    this.#sandbox = new Sandbox(options.maxThreads, hooks);
    this.#laneHooks = {
      result: (lane, item, status, value) => this.#result(lane, item, status, value),
      batch: (lane) => this.#batch(lane),
      lost: (lane, end, running, unfinished) => this.#lost(lane, end, running, unfinished),
    };
  }

  /** Workers that have a task, those of sandboxed apps included. */
  get busy(): number {
    let busy = this.#sandbox.busy;
    for (const lane of this.#lanes) if (lane.open > 0) busy++;
    return busy;
  }

  /** Tasks given to workers. */
  get open(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.open, this.#sandbox.busy);
  }

  /** Tasks that run now. */
  running(): WorkItem[] {
    const inLanes = this.#lanes.flatMap((lane) => lane.running ?? []);
    return [...inLanes, ...this.#sandbox.running()];
  }

  /** Gives tasks of a queue to at most `limit` workers, dealing them out in turn so that the oldest start first. */
  feed(queue: ReadyQueue<WorkItem>, limit: number): void {
    while (queue.size > 0 && !this.#closed) {
      const hands = this.#hands(limit, queue.size);
      let dealt = 0;
      for (let round = true; round && queue.size > 0;) {
        round = false;
        for (const hand of hands) {
          if (hand.items.length >= hand.room) continue;
          const item = this.#next(queue, limit);
          if (item === undefined) break;
          hand.items.push(item);
          dealt++;
          round = true;
        }
      }
      for (const { lane, items } of hands) if (items.length > 0) lane.send(items);
      if (dealt === 0) return;
    }
  }

  /** The next task for a worker; those with permissions of their own go to their own processes on the way. */
  #next(queue: ReadyQueue<WorkItem>, limit: number): WorkItem | undefined {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      if (item.permissions === undefined) return item;
      if (this.#sandbox.run(item, limit - this.busy)) continue;
      queue.putBack([item]);
      return undefined;
    }
    return undefined;
  }

  /** The workers that may be given something now, least busy first, and how much each. */
  #hands(limit: number, waiting: number): { lane: Lane; room: number; items: WorkItem[] }[] {
    const busy = this.#lanes.filter((lane) => lane.open > 0);
    const idle = this.#lanes.filter((lane) => lane.open === 0 && !lane.ended);
    const more = Math.max(0, Math.min(limit - this.#sandbox.busy - busy.length, waiting));
    const woken = idle.slice(0, more);
    while (woken.length < more && this.#lanes.length < limit) woken.push(this.#add());
    return [...woken, ...busy.sort((a, b) => a.open - b.open)]
      .map((lane) => ({ lane, room: lane.room, items: [] }))
      .filter(({ room }) => room > 0);
  }

  #add(): Lane {
    const lane = new Lane(`${this.#label}-${++this.#made}`, this.#heapMb, this.#laneHooks);
    this.#lanes.push(lane);
    return lane;
  }

  /** Stops a task; false when it is not here. */
  cancel(item: WorkItem): boolean {
    if (item.permissions !== undefined) return this.#sandbox.cancel(item);
    for (const lane of this.#lanes) {
      if (lane.running === item) {
        this.#stop(lane, item, { kind: "cancelled" });
        return true;
      }
      if (lane.revoke(item)) {
        this.#hooks.ended(item, { kind: "cancelled" });
        return true;
      }
      // It may have begun between the two looks.
      if (lane.running === item) {
        this.#stop(lane, item, { kind: "cancelled" });
        return true;
      }
    }
    return false;
  }

  /** Code cannot be interrupted in a worker: the worker goes, and another takes its place. */
  #stop(lane: Lane, item: WorkItem, verdict: Outcome): void {
    this.#verdicts.set(item, verdict);
    lane.end({ why: "it was stopped", exitCode: undefined, hint: undefined });
  }

  #result(lane: Lane, item: WorkItem, status: number, value: unknown): void {
    if (status === Status.started) {
      this.#hooks.started(item, lane.name);
      const { walltime } = item;
      if (walltime === undefined) return;
      const expire = (): void => this.#stop(lane, item, { kind: "timeout" });
      this.#timers.set(item, systemClock.after(walltime * 1000, expire, { keepAlive: false }));
      return;
    }
    this.#deaths = 0;
    this.#clear(item);
    this.#hooks.ended(item, outcomeOf(status, value));
  }

  #clear(item: WorkItem): void {
    if (this.#timers.size > 0) {
      this.#timers.get(item)?.();
      this.#timers.delete(item);
    }
    if (this.#verdicts.size > 0) this.#verdicts.delete(item);
  }

  #batch(lane: Lane): void {
    this.#hooks.free();
    if (lane.open === 0 && this.#hooks.waiting() === 0) this.#share(lane);
  }

  /** An idle worker takes half of what the fullest one has not begun. */
  #share(idle: Lane): void {
    if (idle.ended) return;
    let fullest: Lane | undefined;
    for (const lane of this.#lanes) if (lane !== idle && lane.open > (fullest?.open ?? 1)) fullest = lane;
    if (fullest === undefined) return;
    const back = fullest.takeBack(Math.ceil((fullest.open - 1) / 2));
    if (back.length > 0) idle.send(back);
  }

  #lost(lane: Lane, end: LaneEnd, running: WorkItem | undefined, unfinished: readonly WorkItem[]): void {
    const at = this.#lanes.indexOf(lane);
    if (at >= 0) this.#lanes.splice(at, 1);
    if (this.#closed) {
      for (const item of [...unfinished, ...running === undefined ? [] : [running]]) {
        this.#hooks.ended(item, { kind: "cancelled" });
      }
      return;
    }
    if (running !== undefined) {
      const verdict = this.#verdicts.get(running);
      this.#clear(running);
      if (verdict === undefined) this.#hooks.lost(lane.name, end.why);
      this.#hooks.ended(running, verdict ?? lostOutcome(lane.name, end));
    }
    if (unfinished.length > 0) this.#requeue(lane, end, running, unfinished);
    this.#hooks.free();
  }

  #requeue(lane: Lane, end: LaneEnd, running: WorkItem | undefined, unfinished: readonly WorkItem[]): void {
    // Without a task to blame, the worker itself cannot live; that must not go on for ever.
    if (running === undefined && ++this.#deaths >= HOPELESS) {
      this.#hooks.lost(lane.name, end.why);
      for (const item of unfinished) this.#hooks.ended(item, lostOutcome(lane.name, end));
    } else this.#hooks.again(unfinished);
  }

  /** Ends all workers; tasks they had end as cancelled. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#timers.values()) cancel();
    for (const lane of [...this.#lanes]) lane.end({ why: "the workflow closed", exitCode: undefined, hint: undefined });
    await this.#sandbox.close();
    while (this.#lanes.length > 0) await systemClock.sleep(1);
  }
}

function lostOutcome(worker: string, end: LaneEnd): Outcome {
  return { kind: "lost", why: end.why, end: { worker, exitCode: end.exitCode }, hint: end.hint };
}

/** Makes an outcome of what the protocol says. */
export function outcomeOf(status: number, value: unknown): Outcome {
  if (status === Status.value) return { kind: "value", value };
  // The runner made these values in these shapes.
  if (status === Status.thrown) return { kind: "thrown", error: reviveThrown(value as Thrown) };
  const { message, path } = value as { readonly message: string; readonly path: string };
  return { kind: "unsendable", message, path };
}

/** Heap of one worker when nobody said: three quarters of the machine, shared; what the runtime allows if unknown. */
function defaultHeap(workers: number): number {
  const fallback = 4 * 2 ** 30;
  try {
    const { total } = Deno.systemMemoryInfo();
    return Math.max(256 * 2 ** 20, Math.min(16 * 2 ** 30, total * 0.75 / workers));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof PermissionError) return fallback;
    throw error;
  }
}

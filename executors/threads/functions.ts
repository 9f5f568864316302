import { systemClock } from "../../lib/clock.ts";
import type { Outcome, WorkItem } from "../../lib/executor.ts";
import type { ReadyQueue } from "../../lib/graph/ready_queue.ts";
import { FIRST_WINDOW, Lane, type LaneEnd, type LaneHooks } from "./lane.ts";
import { outcomeOf, type PoolHooks } from "./pool_hooks.ts";
import { RING, Status } from "./protocol.ts";
import { Sandbox } from "./sandbox.ts";

interface FunctionHooks extends PoolHooks {
  /** Tasks that were given out and never begun: they go back to the front. */
  again(items: readonly WorkItem[]): void;
}

/** A worker, or one to be made, and what it is about to be given. */
interface Hand {
  readonly lane: Lane | undefined;
  readonly room: number;
  readonly items: WorkItem[];
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
  /** No task that was given out and has not begun has a higher one. */
  #highestPriority = -Infinity;
  #closed = false;

  constructor(
    label: string,
    options: { readonly maxThreads: number; readonly memPerWorker?: number | undefined },
    hooks: FunctionHooks,
  ) {
    this.#label = label;
    this.#hooks = hooks;
    this.#heapMb = Math.floor((options.memPerWorker ?? defaultHeap(options.maxThreads)) / 2 ** 20);
    this.#sandbox = new Sandbox(options.maxThreads, this.#heapMb, hooks);
    this.#laneHooks = {
      result: (lane, item, status, value) => this.#result(lane, item, status, value),
      batch: () => this.#hooks.free(),
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
      this.#deal(queue, hands, { free: limit - this.busy });
      const full = hands.filter((hand) => hand.items.length > 0);
      if (full.length === 0) return;
      for (const { lane, items } of full) this.#send(lane, items);
    }
  }

  /** Sees to it that no task waits behind another while one of at most `limit` workers could have it. */
  spread(limit: number): void {
    for (let free = limit - this.busy; free > 0 && !this.#closed; free--) {
      let fullest: Lane | undefined;
      for (const lane of this.#lanes) if (!lane.ended && lane.open > (fullest?.open ?? 1)) fullest = lane;
      if (fullest === undefined) return;
      const back = fullest.takeBack(Math.ceil((fullest.open - 1) / 2));
      if (back.length === 0) return;
      this.#send(this.#lanes.find((lane) => lane.open === 0 && !lane.ended), back);
    }
  }

  /** Takes back what was given out and has not begun when something of lower `priority` has come. */
  makeWay(priority: number): void {
    if (priority >= this.#highestPriority) return;
    this.#highestPriority = priority;
    const back = this.#lanes.flatMap((lane) => lane.ended ? [] : lane.takeBack(RING, (i) => i.priority > priority));
    if (back.length > 0) this.#hooks.again(back.sort((a, b) => a.id - b.id));
  }

  #deal(queue: ReadyQueue<WorkItem>, hands: readonly Hand[], slots: { free: number }): void {
    for (let round = true; round && queue.size > 0;) {
      round = false;
      for (const { lane, room, items } of hands) {
        if (items.length >= room) continue;
        const item = this.#next(queue, slots);
        if (item === undefined) return;
        const begins = items.length === 0 && (lane === undefined || lane.open === 0);
        if (begins && slots.free <= 0) {
          // A task with permissions of its own has taken the slot.
          queue.putBack([item]);
          continue;
        }
        if (begins) slots.free--;
        items.push(item);
        round = true;
      }
    }
  }

  /** The next task for a worker; those with permissions of their own go to their own processes on the way. */
  #next(queue: ReadyQueue<WorkItem>, slots: { free: number }): WorkItem | undefined {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      if (item.permissions === undefined) return item;
      if (!this.#sandbox.run(item, slots.free)) {
        queue.putBack([item]);
        return undefined;
      }
      slots.free--;
    }
    return undefined;
  }

  /** The workers that may be given something now, least busy first, and how much each. */
  #hands(limit: number, waiting: number): Hand[] {
    const forLanes = Math.max(0, limit - this.#sandbox.busy);
    const busy = this.#lanes.filter((lane) => lane.open > 0);
    const more = Math.max(0, Math.min(forLanes - busy.length, waiting));
    const idle = this.#lanes.filter((lane) => lane.open === 0 && !lane.ended).slice(0, more);
    // When there are more than may be, those that are nearest to having nothing left are let go.
    const kept = busy.filter((lane) => !lane.ended).sort((a, b) => b.open - a.open).slice(0, forLanes);
    const hands: Hand[] = idle.map((lane) => ({ lane, room: lane.room, items: [] }));
    while (hands.length < more) hands.push({ lane: undefined, room: FIRST_WINDOW, items: [] });
    for (const lane of kept.reverse()) {
      const { room } = lane;
      if (room > 0) hands.push({ lane, room, items: [] });
    }
    return hands;
  }

  /** Gives tasks to a worker, or to a new one; when none can be made they end with the reason. */
  #send(lane: Lane | undefined, items: readonly WorkItem[]): void {
    for (const { priority } of items) if (priority > this.#highestPriority) this.#highestPriority = priority;
    try {
      (lane ?? this.#add()).send(items);
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      // Not now: what ends makes other tasks ready, and the queue is being walked.
      queueMicrotask(() => {
        for (const item of items) this.#hooks.ended(item, { kind: "refused", error });
        this.#hooks.free();
      });
    }
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
    this.#hooks.ended(item, outcomeOf(item, status, value));
  }

  #clear(item: WorkItem): void {
    if (this.#timers.size > 0) {
      this.#timers.get(item)?.();
      this.#timers.delete(item);
    }
    if (this.#verdicts.size > 0) this.#verdicts.delete(item);
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

/** Heap of one worker when nobody said: three quarters of the machine, shared; what the runtime allows if unknown. */
function defaultHeap(workers: number): number {
  // Asked first, because a look without the permission would ask the user at the terminal.
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state !== "granted") return 4 * 2 ** 30;
  return Math.max(256 * 2 ** 20, Math.min(16 * 2 ** 30, Deno.systemMemoryInfo().total * 0.75 / workers));
}

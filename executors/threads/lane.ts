import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { systemClock } from "../../lib/clock.ts";
import { PermissionError } from "../../lib/errors/mod.ts";
import type { WorkItem } from "../../lib/executor.ts";
import {
  Place,
  RESULT_FIELDS,
  type ResultMessage,
  RING,
  RING_MASK,
  type RunMessage,
  sharedWords,
  Status,
  Word,
} from "./protocol.ts";

/** How much work a worker is given ahead, in microseconds: enough to hide the way there, little enough to share. */
const AHEAD = 4000;
/** Tasks given to a worker whose speed is not known yet. */
export const FIRST_WINDOW = 8;
const WIDEST_WINDOW = RING / 2;

/** A worker loads more files of the toolkit than the one that Deno names. */
const READ_TOOLKIT = import.meta.url.startsWith("file:")
  ? `--allow-read=${fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "")}`
  : "--allow-read";

/** How a worker ended. */
export interface LaneEnd {
  readonly why: string;
  readonly exitCode: number | undefined;
  readonly hint: string | undefined;
}

/** What a lane tells its pool. */
export interface LaneHooks {
  /** Something happened to a task: a status of the protocol, and its value. */
  result(lane: Lane, item: WorkItem, status: number, value: unknown): void;
  /** All results of one message have been told. */
  batch(): void;
  /**
   * The worker is gone. `running` is the task it had begun; `unfinished` are tasks that it never began, or whose
   * results went down with it.
   */
  lost(lane: Lane, end: LaneEnd, running: WorkItem | undefined, unfinished: readonly WorkItem[]): void;
}

/** One worker of the pool and the tasks it was given. */
export class Lane {
  readonly name: string;
  readonly words: Int32Array = sharedWords();
  readonly #hooks: LaneHooks;
  readonly #heapMb: number;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #known = new Set<number>();
  readonly #items: (WorkItem | undefined)[] = new Array(RING).fill(undefined);
  #next = 0;
  #oldest = 0;
  #open = 0;
  #usPerTask = NaN;
  #doneBefore = 0;
  #busyBefore = 0;
  #ended = false;

  constructor(name: string, heapMb: number, hooks: LaneHooks) {
    this.name = name;
    this.#hooks = hooks;
    this.#heapMb = heapMb;
    const channel = new MessageChannel();
    this.#port = channel.port1;
    this.#port.onmessage = (event: MessageEvent<ResultMessage>) => this.#receive(event.data);
    try {
      this.#worker = new Worker(workerUrl(new URL("./worker.ts", import.meta.url)), {
        name,
        workerData: { port: channel.port2, words: this.words },
        // A port of the web platform is a port; node's types know only their own.
        transferList: [channel.port2 as never],
        resourceLimits: { maxOldGenerationSizeMb: heapMb },
      });
    } catch (error) {
      this.#port.close();
      if (error instanceof Deno.errors.NotCapable) throw new PermissionError("start a worker", READ_TOOLKIT, error);
      throw error;
    }
    // The workflow keeps the script alive while tasks are open; an idle worker must not.
    this.#worker.unref();
    unref(this.#port);
    this.#worker.on("error", (error: Error & { code?: string }) => this.#die(endOfError(error, heapMb)));
    this.#worker.on("exit", (code: number) =>
      this.#die({
        why: `its worker ended with exit code ${code} while it ran`,
        exitCode: code,
        hint: "a function app must return or throw, not end its worker with Deno.exit or process.exit",
      }));
  }

  /** Tasks it has and did not finish. */
  get open(): number {
    return this.#open;
  }
  /** Whether it is gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How many more tasks it should be given now; what it has done is seen even while this thread is busy. */
  get room(): number {
    const done = Atomics.load(this.words, Word.done);
    const finished = done - this.#doneBefore | 0;
    if (finished > 0) {
      const busy = Atomics.load(this.words, Word.busy);
      const us = (busy - this.#busyBefore | 0) / finished;
      // Follows a change of pace quickly, and one odd task only half.
      this.#usPerTask = Number.isNaN(this.#usPerTask) ? us : (this.#usPerTask + us) / 2;
      this.#doneBefore = done;
      this.#busyBefore = busy;
    }
    const window = Number.isNaN(this.#usPerTask)
      ? FIRST_WINDOW
      : Math.max(1, Math.min(WIDEST_WINDOW, Math.floor(AHEAD / Math.max(1, this.#usPerTask))));
    const inRing = RING - (this.#next - this.#oldest);
    return Math.min(inRing, window - (this.#next - done | 0));
  }

  /** Gives it tasks. */
  send(items: readonly WorkItem[]): void {
    const first = this.#next;
    const tasks: unknown[] = [];
    let codes: RunMessage["codes"] & unknown[] | undefined;
    for (const item of items) {
      const { code } = item;
      if (code === undefined) continue;
      if (!this.#known.has(code.id)) {
        this.#known.add(code.id);
        codes = [...codes ?? [], code];
      }
      const seq = this.#next++;
      this.#items[seq & RING_MASK] = item;
      Atomics.store(this.words, Word.ring + (seq & RING_MASK), Place.sent);
      tasks.push(seq, code.id, item.walltime !== undefined, item.args);
      this.#open++;
    }
    try {
      this.#port.postMessage({ codes, tasks } satisfies RunMessage);
    } catch (error) {
      for (const code of codes ?? []) this.#known.delete(code.id);
      this.#unsent(items, first, error);
    }
  }

  /** A message that could not be cloned did not leave: the tasks go one by one, and those to blame end. */
  #unsent(items: readonly WorkItem[], first: number, error: unknown): void {
    for (let seq = first; seq < this.#next; seq++) this.#items[seq & RING_MASK] = undefined;
    this.#open -= this.#next - first;
    this.#next = first;
    const [only, ...others] = items;
    if (only === undefined || others.length > 0) {
      for (const item of items) this.send([item]);
      return;
    }
    const message = `Cannot send the arguments of "${only.name}": ${error instanceof Error ? error.message : error}`;
    // Not now: the pool is in the middle of giving tasks out.
    queueMicrotask(() => {
      this.#hooks.result(this, only, Status.unsendable, { message, path: "arguments" });
      this.#hooks.batch();
    });
  }

  /** Takes back up to `most` tasks that it has not begun, newest first; gives them oldest first. */
  takeBack(most: number, wanted: (item: WorkItem) => boolean = () => true): WorkItem[] {
    const back: WorkItem[] = [];
    for (let seq = this.#next - 1; seq >= this.#oldest && back.length < most; seq--) {
      const item = this.#items[seq & RING_MASK];
      if (item !== undefined && wanted(item) && this.#revoke(seq)) back.push(item);
    }
    return back.reverse();
  }

  /** Takes back one task; false when it has begun. */
  revoke(item: WorkItem): boolean {
    for (let seq = this.#oldest; seq < this.#next; seq++) {
      if (this.#items[seq & RING_MASK] === item) return this.#revoke(seq);
    }
    return false;
  }

  #revoke(seq: number): boolean {
    const place = Word.ring + (seq & RING_MASK);
    if (Atomics.compareExchange(this.words, place, Place.sent, Place.revoked) !== Place.sent) return false;
    this.#forget(seq);
    return true;
  }

  /** The task it runs now, if any. */
  get running(): WorkItem | undefined {
    for (let seq = this.#oldest; seq < this.#next; seq++) {
      const place = Atomics.load(this.words, Word.ring + (seq & RING_MASK));
      if (place === Place.claimed) return this.#items[seq & RING_MASK];
      if (place === Place.sent) return undefined;
    }
    return undefined;
  }

  /** Ends the worker; what it had comes back by `lost`. */
  end(end: LaneEnd): void {
    this.#die(end);
  }

  #receive(results: ResultMessage): void {
    for (let i = 0; i < results.length; i += RESULT_FIELDS) {
      // The runner wrote these fields in this order.
      const seq = results[i] as number;
      const status = results[i + 1] as number;
      if (status === Status.heapFull) this.#die(outOfMemory(this.#heapMb));
      const item = seq < 0 ? undefined : this.#items[seq & RING_MASK];
      if (item === undefined) continue;
      if (status !== Status.started) this.#forget(seq);
      this.#hooks.result(this, item, status, results[i + 2]);
    }
    this.#hooks.batch();
  }

  #forget(seq: number): void {
    this.#items[seq & RING_MASK] = undefined;
    this.#open--;
    while (this.#oldest < this.#next && this.#items[this.#oldest & RING_MASK] === undefined) this.#oldest++;
  }

  #die(end: LaneEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const { running } = this;
    this.#worker.terminate();
    // Results that were on their way are still in the port: they arrive before a timer does.
    systemClock.after(0, () => {
      this.#port.close();
      const left: WorkItem[] = [];
      for (let seq = this.#oldest; seq < this.#next; seq++) {
        const item = this.#items[seq & RING_MASK];
        if (item !== undefined) left.push(item);
      }
      this.#open = 0;
      const begun = running !== undefined && left.includes(running) ? running : undefined;
      this.#hooks.lost(this, end, begun, left.filter((item) => item !== begun));
    });
  }
}

function unref(port: MessagePort): void {
  if ("unref" in port && typeof port.unref === "function") port.unref();
}

function endOfError(error: Error & { code?: string }, heapMb: number): LaneEnd {
  if (error.code === "ERR_WORKER_OUT_OF_MEMORY") return outOfMemory(heapMb);
  return {
    why: `an error that nobody caught ended its worker: ${error.message}`,
    exitCode: undefined,
    hint: "await every promise and catch what timers and event handlers throw",
  };
}

function outOfMemory(heapMb: number): LaneEnd {
  return {
    why: `its worker ran out of memory: the JavaScript heap reached ${heapMb} MB`,
    exitCode: undefined,
    hint: "let it work on less at a time, or raise memPerWorker of the executor",
  };
}

/** Workers start from files and from code alone: the module of a published package is imported by a line of it. */
function workerUrl(url: URL): URL {
  return url.protocol === "file:" ? url : new URL(`data:text/javascript,import ${JSON.stringify(url.href)};`);
}

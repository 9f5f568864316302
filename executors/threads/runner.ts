import { getHeapStatistics } from "node:v8";
import { checkSendable } from "../../lib/apps/ship/sendable.ts";
import { SerializationError } from "../../lib/errors/mod.ts";
import type { Code } from "../../lib/executor.ts";
import { describeThrown } from "../../lib/wire/thrown.ts";
import { Place, RING_MASK, type RunMessage, Status, TASK_FIELDS, Word } from "./protocol.ts";

type AppFunction = (...args: readonly unknown[]) => unknown;

/** Results are sent together, but none waits longer than this, in milliseconds. */
const FLUSH_AFTER = 0.5;
/** How often a worker that waits for a task looks at its heap, in milliseconds. */
const LOOK_EVERY = 250;

/** The worker's side of the thread pool: runs functions one at a time and sends results in batches. */
export class Runner {
  readonly #words: Int32Array;
  readonly #post: (results: readonly unknown[]) => void;
  readonly #codes = new Map<number, Code>();
  readonly #functions = new Map<number, AppFunction | Promise<AppFunction>>();
  readonly #queue: unknown[] = [];
  #next = 0;
  #busy = false;
  #outbox: unknown[] = [];
  #lastFlush = 0;
  #startedAt = 0;
  #heapWatch: ReturnType<typeof setInterval> | undefined;
  readonly #heapLimit = getHeapStatistics().heap_size_limit;

  constructor(words: Int32Array, post: (results: readonly unknown[]) => void) {
    this.#words = words;
    this.#post = post;
  }

  /** Takes tasks; `apart` when no memory is shared with the script. They run from the event loop, where V8 reports a full heap instead of hanging. */
  take(message: RunMessage, apart = false): void {
    // Without shared memory nobody else marks the place of a task.
    if (apart) Atomics.store(this.#words, Word.ring, Place.sent);
    for (const code of message.codes ?? []) this.#codes.set(code.id, code);
    for (const field of message.tasks) this.#queue.push(field);
    if (this.#busy) return;
    this.#busy = true;
    setImmediate(() => this.#run());
  }

  /** Sends what is finished. */
  flush(): void {
    this.#lastFlush = performance.now();
    const results = this.#outbox;
    if (results.length === 0) return;
    this.#outbox = [];
    try {
      this.#post(results);
    } catch {
      this.#post(results.flatMap(onlySendable));
    }
  }

  /** Runs tasks until there are none, or until one has to be waited for. */
  #run(): void {
    this.#startedAt = performance.now();
    while (this.#next < this.#queue.length) {
      const at = this.#next;
      this.#next += TASK_FIELDS;
      // The script wrote these fields in this order.
      const seq = this.#queue[at] as number;
      const place = Word.ring + (seq & RING_MASK);
      if (Atomics.compareExchange(this.#words, place, Place.sent, Place.claimed) !== Place.sent) {
        this.#count();
        continue;
      }
      if (this.#queue[at + 2] === true) {
        this.#outbox.push(seq, Status.started, undefined);
        this.flush();
      }
      const returned = this.#call(this.#queue[at + 1] as number, this.#queue[at + 3] as readonly unknown[], seq);
      if (returned !== undefined) {
        this.flush();
        this.#heapWatch ??= setInterval(() => this.#lookAtHeap(), LOOK_EVERY);
        returned.then(() => setImmediate(() => this.#run()));
        return;
      }
    }
    this.#queue.length = 0;
    this.#next = 0;
    this.#busy = false;
    clearInterval(this.#heapWatch);
    this.#heapWatch = undefined;
    this.flush();
  }

  /**
   * When V8 stops code that resolves a promise because the heap is full, the runtime says nothing: the promise is just
   * never settled. V8 raises its limit then, and that can be seen.
   */
  #lookAtHeap(): void {
    if (getHeapStatistics().heap_size_limit > this.#heapLimit) this.#post([-1, Status.heapFull, undefined]);
  }

  /** Calls one function; a promise when its end has to be waited for. */
  #call(codeId: number, args: readonly unknown[], seq: number): Promise<void> | undefined {
    try {
      const fn = this.#functions.get(codeId) ?? this.#load(codeId);
      const returned = fn instanceof Promise ? fn.then((f) => f(...args)) : fn(...args);
      if (isThenable(returned)) {
        return Promise.resolve(returned).then(
          (value) => this.#end(seq, codeId, Status.value, value),
          (error) => this.#end(seq, codeId, Status.thrown, error),
        );
      }
      this.#end(seq, codeId, Status.value, returned);
    } catch (error) {
      this.#end(seq, codeId, Status.thrown, error);
    }
    return undefined;
  }

  #end(seq: number, codeId: number, status: number, value: unknown): void {
    if (status === Status.value) {
      if (typeof value === "object" && value !== null || typeof value === "function" || typeof value === "symbol") {
        try {
          checkSendable(value, `return from "${this.#codes.get(codeId)?.name}"`);
        } catch (error) {
          status = Status.unsendable;
          const path = error instanceof SerializationError ? error.path : "";
          value = { message: error instanceof Error ? error.message : String(error), path };
        }
      }
    } else value = describeThrown(value, isSendable);
    this.#outbox.push(seq, status, value);
    Atomics.store(this.#words, Word.ring + (seq & RING_MASK), Place.finished);
    this.#count();
    if (performance.now() - this.#lastFlush > FLUSH_AFTER) this.flush();
  }

  #count(): void {
    const now = performance.now();
    Atomics.add(this.#words, Word.busy, Math.round((now - this.#startedAt) * 1000));
    Atomics.add(this.#words, Word.done, 1);
    this.#startedAt = now;
  }

  #load(codeId: number): AppFunction | Promise<AppFunction> {
    const code = this.#codes.get(codeId);
    if (code === undefined) throw new ReferenceError(`Cannot run a task: its code ${codeId} never arrived`);
    const loaded = code.kind === "function" ? compile(code.source, code.name) : importExport(code.url, code.export);
    this.#functions.set(codeId, loaded);
    if (loaded instanceof Promise) {
      loaded.then((fn) => this.#functions.set(codeId, fn), () => this.#functions.delete(codeId));
    }
    return loaded;
  }
}

/** Makes a function of its text, under a name that its stack traces show. */
function compile(source: string, name: string): AppFunction {
  const label = name.replace(/[^\w.-]+/g, "_");
  // Indirect eval: the text sees globals only, as `ship/` made sure it needs.
  return (0, eval)(`(${source}\n)\n//# sourceURL=app:${label}`) as AppFunction;
}

async function importExport(url: string, name: string): Promise<AppFunction> {
  const module: Record<string, unknown> = await import(url);
  const fn = module[name];
  if (typeof fn === "function") return fn as AppFunction;
  const functions = Object.keys(module).filter((key) => typeof module[key] === "function");
  const has = functions.length === 0 ? "it exports no function" : `it exports ${functions.join(", ")}`;
  throw new TypeError(`Cannot run "${name}" of ${url}: ${fn === undefined ? has : "it is no function"}`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function isSendable(value: unknown): boolean {
  try {
    checkSendable(value, "it");
    return true;
  } catch {
    return false;
  }
}

/** A batch that could not be cloned: keeps each result that can, and says why of the ones that cannot. */
function onlySendable(field: unknown, index: number, fields: readonly unknown[]): unknown[] {
  if (index % 3 !== 2) return [];
  const seq = fields[index - 2];
  const status = fields[index - 1];
  try {
    structuredClone(field);
    return [seq, status, field];
  } catch (error) {
    return [seq, Status.refused, error instanceof Error ? error.message : String(error)];
  }
}

import { checkSendable } from "../../apps/ship/sendable.ts";
import type { Clock } from "../../clock.ts";
import { firstLine } from "../../errors/graph.ts";
import { count } from "../../text.ts";
import type { Journal } from "../journal/journal.ts";
import type { MemoRecord } from "../journal/record.ts";
import type { Accepted, Known, Memo } from "../memoizer.ts";
import type { Task } from "../task.ts";
import { FileHasher } from "./file_hash.ts";
import { type KeyParts, memoKey } from "./key.ts";
import { PartsFinder, writtenFiles } from "./key_parts.ts";
import { outputsChanged, stampOutputs } from "./output_stamp.ts";

/** When results are written. */
export type CheckpointMode = "taskExit" | "periodic" | "exit" | "manual";

/** What a store is made of. */
export interface StoreOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly mode: CheckpointMode;
  /** Seconds between writes of mode `periodic`. */
  readonly period: number;
  /** Told how many records were written. */
  readonly written: (records: number) => void;
  readonly warn: (message: string) => void;
}

/** A task that was looked up in vain and runs. */
interface Call {
  readonly task: Task;
  readonly key: string;
  readonly parts: KeyParts;
  /** How many tasks there were when it was sent on its way. */
  readonly calledBefore: number;
  /** Whether an equal task waits for it. */
  awaited: boolean;
  /** Its result, for those that wait. */
  result: { readonly value: unknown } | undefined;
}

/** A result on its way into the journal. */
interface Pending {
  readonly record: MemoRecord;
  readonly settle: () => void;
}

/** Stands in the place of what a key is made of when that cannot be told. */
const NO_PARTS: KeyParts = { kind: "function", code: "", args: "", inputs: [], outputs: [], options: {} };

/** Knows results by key: those of this run, and those of the runs it resumes. */
export class MemoStore implements Memo {
  readonly #options: StoreOptions;
  readonly #hasher: FileHasher;
  readonly #finder: PartsFinder;
  /** The tasks that are looked up or under way, by key; of equal ones the newest. */
  readonly #underWay = new Map<string, Call>();
  /** Those of them whose results are to be kept. */
  readonly #calls = new Map<Task, Call>();
  /** Results that the mode does not let into the journal yet. */
  readonly #held = new Map<string, MemoRecord>();
  #batch: Pending[] = [];
  #stopTimer: (() => void) | undefined;
  /** Results that could not be written. */
  #lost = 0;
  /** What failed and was told; at the end the results that were lost are counted. */
  readonly #told = new Set<"read" | "write">();

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#hasher = new FileHasher(options.clock);
    this.#finder = new PartsFinder(this.#hasher);
    if (options.mode === "periodic") this.#arm();
  }

  #arm(): void {
    const { clock, period } = this.#options;
    const write = (): void => {
      this.checkpoint();
      this.#arm();
    };
    this.#stopTimer = clock.after(period * 1000, write, { keepAlive: false });
  }

  async lookup(task: Task, accept: (raw: unknown) => Accepted): Promise<Known | undefined> {
    try {
      return await this.#lookup(task, accept);
    } catch (error) {
      this.#warn("read", `Cannot look up ${task.shortId} "${task.name}" in the cache, so it runs: ${firstLine(error)}`);
      return undefined;
    }
  }

  async #lookup(task: Task, accept: (raw: unknown) => Accepted): Promise<Known | undefined> {
    const found = await this.#finder.find(task);
    if (found.kind === "unknown") {
      this.#options.warn(`Cannot cache ${task.shortId} "${task.name}": ${found.why}`);
      this.#miss(task, "", NO_PARTS, `it cannot be cached: ${found.why}`);
      return undefined;
    }
    const { parts } = found;
    const key = memoKey(parts);
    for (let equal = this.#equal(task, key); equal !== undefined; equal = this.#equal(task, key)) {
      const result = await this.#resultOf(equal, accept);
      if (result !== undefined || task.over) return result === undefined ? undefined : { key, value: result.value };
    }
    // Nothing may be awaited since the last look at what is under way, or two equal tasks would both start.
    const call: Call = { task, key, parts, calledBefore: task.kernel.called, awaited: false, result: undefined };
    this.#underWay.set(key, call);
    task.whenOver(() => {
      if (this.#underWay.get(key) === call) this.#underWay.delete(key);
      this.#calls.delete(task);
    });
    const earlier = await this.#earlier(key, accept);
    if (typeof earlier === "object") return { key, value: earlier.value };
    if (task.over) return undefined;
    task.rare().memoKey = key;
    this.#calls.set(task, call);
    this.#miss(task, key, parts, earlier);
    return undefined;
  }

  /** An equal task that is under way and can be waited for. */
  #equal(task: Task, key: string): Call | undefined {
    const equal = this.#underWay.get(key);
    // A task that was called after the body of a join began may be what that join waits for.
    return equal?.task.spec.work.kind === "join" && task.id > equal.calledBefore ? undefined : equal;
  }

  /** Waits for an equal task; its result, when it has one that can be used. */
  async #resultOf(equal: Call, accept: (raw: unknown) => Accepted): Promise<{ readonly value: unknown } | undefined> {
    equal.awaited = true;
    await new Promise<void>((done) => equal.task.whenOver(() => done()));
    if (!equal.task.fulfilled || equal.result === undefined) return undefined;
    const accepted = accept(structuredClone(equal.result.value));
    return accepted.kind === "accepted" ? { value: accepted.value } : undefined;
  }

  /** An earlier result that can be used; or why the one that there is cannot, if there is one. */
  async #earlier(
    key: string,
    accept: (raw: unknown) => Accepted,
  ): Promise<{ readonly value: unknown } | string | undefined> {
    const held = this.#held.get(key);
    const hit = held === undefined
      ? this.#options.journal.lookup(key)
      : { outputs: held.outputs, value: structuredClone(held.value) };
    if (hit === undefined) return undefined;
    const changed = hit.outputs.length === 0 ? undefined : await outputsChanged(hit.outputs, this.#hasher);
    if (changed !== undefined) return changed;
    const accepted = accept(hit.value);
    return accepted.kind === "accepted" ? { value: accepted.value } : accepted.why;
  }

  #miss(task: Task, key: string, parts: KeyParts, reason: string | undefined): void {
    try {
      this.#options.journal.miss({ task: task.shortId, app: task.name, key, parts, reason });
    } catch (error) {
      this.#warn("write", `Cannot write down what was not in the cache: ${firstLine(error)}`);
    }
  }

  record(task: Task, raw: unknown, settle: () => void): void {
    const call = this.#calls.get(task);
    if (call === undefined) return settle();
    // What comes from a worker was checked there; a join may make anything.
    const copy = this.#copy(raw, call, task.spec.work.kind === "join");
    if (copy.kind === "refused") {
      this.#options.warn(`Cannot keep the result of ${task.shortId} "${task.name}": ${copy.why}`);
      return settle();
    }
    if (call.awaited) call.result = copy;
    const record: MemoRecord = { key: call.key, app: task.name, parts: call.parts, value: copy.value, outputs: [] };
    const files = writtenFiles(task);
    if (files.length === 0) this.#take({ record, settle });
    else this.#stamp(task, record, files, settle);
  }

  /** The value that is kept: one of its own where the script could change that of the task before it is written. */
  #copy(raw: unknown, call: Call, isJoin: boolean): Accepted {
    const type = typeof raw;
    if (raw === null || (type !== "object" && type !== "function" && type !== "symbol")) {
      return { kind: "accepted", value: raw };
    }
    try {
      if (isJoin) checkSendable(raw, "keep it");
      const shared = isJoin || call.awaited || this.#options.mode !== "taskExit";
      return { kind: "accepted", value: shared ? structuredClone(raw) : raw };
    } catch (error) {
      return { kind: "refused", why: firstLine(error) };
    }
  }

  async #stamp(task: Task, record: MemoRecord, files: readonly string[], settle: () => void): Promise<void> {
    let why: string;
    try {
      const stamped = await stampOutputs(files, this.#hasher);
      if (stamped.kind === "stamped") {
        this.#take({ record: { ...record, outputs: stamped.stamps }, settle });
        return this.flush();
      }
      why = stamped.why;
    } catch (error) {
      why = firstLine(error);
    }
    this.#options.warn(`Cannot keep the result of ${task.shortId} "${task.name}": ${why}`);
    settle();
  }

  #take(pending: Pending): void {
    if (this.#options.mode === "taskExit") this.#batch.push(pending);
    else {
      this.#held.set(pending.record.key, pending.record);
      pending.settle();
    }
  }

  flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    if (this.#write(batch.map((p) => p.record)) === undefined) this.#lost += batch.length;
    for (const { settle } of batch) settle();
  }

  /** Writes records and gives how many; undefined when none could be: that costs the checkpoint, never the results. */
  #write(records: readonly MemoRecord[]): number | undefined {
    try {
      const refused = this.#options.journal.record(records);
      for (const { key, why } of refused) {
        const app = records.find((record) => record.key === key)?.app ?? "";
        this.#options.warn(`Cannot keep a result of "${app}": ${why}`);
      }
      const written = records.length - refused.length;
      if (written > 0) this.#options.written(written);
      return written;
    } catch (error) {
      this.#warn("write", `Cannot keep ${count(records.length, "result")} for a later run: ${firstLine(error)}`);
      return undefined;
    }
  }

  /** Tells the first failure of a kind; a full disk has one for each task. */
  #warn(what: "read" | "write", message: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#options.warn(message);
  }

  checkpoint(): number {
    this.flush();
    const written = this.#write([...this.#held.values()]);
    // What could not be written stays known in this run, and is tried again the next time.
    if (written !== undefined) this.#held.clear();
    return written ?? 0;
  }

  close(): void {
    this.#stopTimer?.();
    if (this.#options.mode === "manual") this.flush();
    else {
      this.checkpoint();
      this.#lost += this.#held.size;
    }
    try {
      this.#options.journal.close();
    } finally {
      if (this.#lost > 0) {
        const which = count(this.#lost, "result");
        this.#options.warn(`${which} of this run could not be kept: a later run will do that work again`);
      }
    }
  }
}

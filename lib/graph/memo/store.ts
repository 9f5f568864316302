import { resolve } from "node:path";
import { checkSendable } from "../../apps/ship/sendable.ts";
import { canonical } from "../../apps/ship/stable_bytes.ts";
import type { Clock } from "../../clock.ts";
import { firstLine } from "../../errors/graph.ts";
import type { Journal } from "../journal/journal.ts";
import type { MemoRecord } from "../journal/record.ts";
import type { Known, Memo } from "../memoizer.ts";
import type { Task } from "../task.ts";
import { FileHasher } from "./file_hash.ts";
import { type InputPart, type KeyParts, memoKey, secretPart, textPart } from "./key.ts";
import { moduleClosure } from "./module_closure.ts";
import { outputsChanged, type OutputStamp, stampOutputs } from "./output_stamp.ts";

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

/** A result on its way into the journal. */
interface Pending {
  readonly record: MemoRecord;
  readonly settle: () => void;
}

/** Resource keys that say how a task runs, not what comes of it. */
const NOT_IN_KEY = new Set(["priority", "runningTimeMin", "category"]);

/** Knows results by key: those of this run, and those of the runs it resumes. */
export class MemoStore implements Memo {
  readonly #options: StoreOptions;
  readonly #hasher: FileHasher;
  /** The parts of keys that are looked up or under way. */
  readonly #parts = new Map<string, KeyParts>();
  readonly #underWay = new Map<string, Task>();
  /** Results that the mode does not let into the journal yet. */
  readonly #held = new Map<string, MemoRecord>();
  readonly #modules = new Map<string, Promise<string>>();
  #batch: Pending[] = [];
  #stopTimer: (() => void) | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#hasher = new FileHasher(options.clock);
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

  async lookup(task: Task): Promise<Known | undefined> {
    const parts = await this.#partsOf(task);
    if (parts === undefined) return undefined;
    const key = memoKey(parts);
    for (let other = this.#underWay.get(key); other !== undefined; other = this.#underWay.get(key)) {
      const equal = other;
      await new Promise<void>((done) => equal.whenOver(() => done()));
      const copy = equal.fulfilled ? copyOf(equal.result) : undefined;
      if (copy?.ok === true) return { key, value: copy.value };
    }
    // From here to the end nothing else may run in between, or two equal tasks would both start.
    this.#underWay.set(key, task);
    task.whenOver(() => this.#underWay.delete(key));
    const held = this.#held.get(key);
    const found = held === undefined
      ? this.#options.journal.lookup(key)
      : { ...held, value: structuredClone(held.value) };
    const changed = found === undefined ? undefined : await outputsChanged(found.outputs, this.#hasher);
    if (found !== undefined && changed === undefined) return { key, value: found.value };
    task.rare().memoKey = key;
    this.#parts.set(key, parts);
    task.whenOver(() => this.#parts.delete(key));
    this.#options.journal.miss({ task: task.shortId, app: task.name, key, parts, reason: changed });
    return undefined;
  }

  record(task: Task, value: unknown, settle: () => void): void {
    const key = task.extra?.memoKey;
    const parts = key === undefined ? undefined : this.#parts.get(key);
    if (key === undefined || parts === undefined) return settle();
    const copy = copyOf(value);
    if (!copy.ok) {
      this.#options.warn(`Cannot keep the result of ${task.shortId} "${task.name}": ${copy.why}`);
      return settle();
    }
    const outputs = writtenFiles(task);
    const record: Omit<MemoRecord, "outputs"> = { key, app: task.name, parts, value: copy.value };
    if (outputs.length === 0) this.#take({ record: { ...record, outputs: [] }, settle });
    else this.#stamp(task, record, outputs, settle);
  }

  async #stamp(
    task: Task,
    record: Omit<MemoRecord, "outputs">,
    paths: readonly string[],
    settle: () => void,
  ): Promise<void> {
    let stamps: readonly OutputStamp[] | undefined;
    try {
      const stamped = await stampOutputs(paths, this.#hasher);
      if (stamped.kind === "stamped") stamps = stamped.stamps;
      else this.#options.warn(`Cannot keep the result of ${task.shortId} "${task.name}": ${stamped.why}`);
    } catch (error) {
      this.#options.warn(`Cannot keep the result of ${task.shortId} "${task.name}": ${firstLine(error)}`);
    }
    if (stamps === undefined) return settle();
    this.#take({ record: { ...record, outputs: stamps }, settle });
    this.flush();
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
    this.#write(batch.map((p) => p.record));
    for (const { settle } of batch) settle();
  }

  /** Writes records; a disk that is full costs the checkpoint, never the results. */
  #write(records: readonly MemoRecord[]): void {
    try {
      for (const { key, why } of this.#options.journal.record(records)) {
        this.#options.warn(`Cannot keep the result of key ${key.slice(0, 12)}: ${why}`);
      }
      this.#options.written(records.length);
    } catch (error) {
      this.#options.warn(`Cannot keep ${records.length} results for a later run: ${firstLine(error)}`);
    }
  }

  checkpoint(): number {
    this.flush();
    const records = [...this.#held.values()];
    this.#held.clear();
    if (records.length > 0) this.#write(records);
    return records.length;
  }

  close(): void {
    this.#stopTimer?.();
    if (this.#options.mode === "manual") this.flush();
    else this.checkpoint();
    this.#options.journal.close();
  }

  /** What the result of a task depends on; undefined when that cannot be told, with a warning. */
  async #partsOf(task: Task): Promise<KeyParts | undefined> {
    const { work, options } = task.spec;
    if (work.kind === "derive") return undefined;
    const inputs = await this.#inputsOf(task);
    if (inputs === undefined) return undefined;
    const outputs = task.extra?.outputs.map((o) => o.toString()) ?? [];
    const optionParts: Record<string, string> = {};
    const resources = Object.entries(task.resources ?? {}).filter(([key]) => !NOT_IN_KEY.has(key));
    if (resources.length > 0) optionParts["resources"] = canonical(Object.fromEntries(resources));
    try {
      if (work.kind === "code") {
        const { code } = work;
        const text = code.kind === "function" ? code.source : `${code.export} of ${await this.#moduleHash(code.url)}`;
        const args = textPart(canonical(task.args));
        return { kind: code.kind, code: textPart(text), args, inputs, outputs, options: optionParts };
      }
      if (work.kind === "join") {
        const args = textPart(canonical(task.args));
        return { kind: "join", code: textPart(String(work.body)), args, inputs, outputs, options: optionParts };
      }
    } catch (error) {
      this.#options.warn(`Cannot cache ${task.shortId} "${task.name}": ${firstLine(error)}`);
      return undefined;
    }
    const { script } = task;
    if (script === undefined) return undefined;
    optionParts["strict"] = String(script.strict);
    optionParts["parse"] = work.parse.kind;
    if (options.cwd !== undefined) optionParts["cwd"] = resolve(options.cwd);
    for (const [name, value] of Object.entries(options.env ?? {})) optionParts[`env ${name}`] = secretPart(value);
    for (const stream of ["stdout", "stderr"] as const) {
      const target = options[stream];
      if (typeof target === "object") optionParts[stream] = target.path;
    }
    return { kind: "bash", code: textPart(script.text), args: "", inputs, outputs, options: optionParts };
  }

  async #inputsOf(task: Task): Promise<InputPart[] | undefined> {
    const parts: InputPart[] = [];
    for (const input of task.extra?.inputs ?? []) {
      if (input.scheme !== "file") {
        parts.push({ path: input.given, hash: "remote" });
        continue;
      }
      const state = await this.#hasher.state(resolve(task.spec.options.cwd ?? "", input.path));
      if (state.kind === "unknown") {
        this.#options.warn(`Cannot cache ${task.shortId} "${task.name}": ${state.why}`);
        return undefined;
      }
      parts.push({ path: input.toString(), hash: state.kind === "known" ? state.hash : "missing" });
    }
    return parts;
  }

  #moduleHash(url: string): Promise<string> {
    let hash = this.#modules.get(url);
    if (hash === undefined) this.#modules.set(url, hash = moduleClosure(url).then((closure) => closure.hash));
    return hash;
  }
}

type Copy = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string };

/**
 * A copy of a result: each task has one of its own, so that a script that changes one changes no other and nothing that
 * is still to be written. What would not come back as it is cannot be kept: joins and schemas may make anything.
 */
function copyOf(value: unknown): Copy {
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") return { ok: true, value };
  try {
    checkSendable(value, "keep it");
    return { ok: true, value: structuredClone(value) };
  } catch (error) {
    return { ok: false, why: firstLine(error) };
  }
}

/** The files whose content belongs to the result of a task. */
function writtenFiles(task: Task): string[] {
  const { outcomes } = task.kernel;
  return (task.extra?.outputs ?? []).filter((o) => o.scheme === "file").map((o) => resolve(outcomes.place(task, o)));
}

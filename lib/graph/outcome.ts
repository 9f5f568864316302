import { resolve } from "node:path";
import { checkBy } from "../apps/spec.ts";
import type { OutputFile } from "../data/file.ts";
import {
  CancelledError,
  DependencyError,
  MissingOutputsError,
  PermissionError,
  RemoteError,
  ResultError,
  SerializationError,
  type TaskPlace,
  TaskTimeoutError,
  WorkerLostError,
} from "../errors/mod.ts";
import type { ShellEnd } from "../command/types.ts";
import { firstLine } from "../errors/graph.ts";
import type { Outcome } from "../executor.ts";
import { judgeShell } from "./bash_outcome.ts";
import { Joins } from "./joins.ts";
import type { Kernel } from "./kernel.ts";
import type { Accepted, Memo } from "./memoizer.ts";
import { decideRetry } from "./retry.ts";
import type { Task, TaskExtra } from "./task.ts";

/** Judges how tries ended: makes values or errors of them, retries, records, and settles. */
export class Outcomes {
  readonly joins: Joins;
  readonly #kernel: Kernel;
  readonly #loadMemo: () => Promise<Memo>;
  #memo: Memo | undefined;

  constructor(kernel: Kernel, memo: () => Promise<Memo>) {
    this.#kernel = kernel;
    this.#loadMemo = memo;
    this.joins = new Joins(kernel);
  }

  /** Takes the outcome of one try from an executor. */
  ended(task: Task, outcome: Outcome): void {
    if (task.over) return;
    if (outcome.kind === "shell" && task.extra !== undefined) endCapture(task.extra, outcome.end);
    const cancelled = task.extra?.cancelled;
    // Whatever a task that was asked to stop ends with, it ends as cancelled, unless it made it to the end.
    if (cancelled !== undefined && !madeIt(outcome)) return this.#kernel.settle(task, "cancelled", cancelled);
    const place = this.placeOfTask(task);
    switch (outcome.kind) {
      case "value":
        return this.succeeded(task, outcome.value);
      case "thrown":
        return this.failed(task, new RemoteError(place, outcome.error));
      case "unsendable":
        return this.failed(task, new SerializationError(outcome.message, outcome.path));
      case "timeout":
        return this.failed(task, new TaskTimeoutError(place, task.walltime ?? 0));
      case "cancelled": {
        const error = new CancelledError(`task ${task.shortId} "${task.name}"`, "dispose");
        return this.#kernel.settle(task, "cancelled", error);
      }
      case "refused":
        return this.failed(task, outcome.error);
      case "lost": {
        const subject = `task ${task.shortId} "${task.name}"`;
        const label = place.executor ?? "";
        return this.failed(task, new WorkerLostError(label, subject, outcome.why, outcome.end, outcome.hint));
      }
      case "shell": {
        const judged = judgeShell(task, outcome.end, place);
        if (judged.kind === "value") return this.#fits(task, judged.value, judged.raw);
        if (judged.kind === "failed") return this.failed(task, judged.error);
        return this.ended(task, judged.outcome);
      }
    }
  }

  /** Takes the value of a member. */
  derived(task: Task, derive: () => unknown): void {
    let value: unknown;
    try {
      value = derive();
    } catch (error) {
      return this.#kernel.settle(task, "failed", error);
    }
    this.#kernel.settle(task, "done", value);
  }

  /** A try failed: tries again, or ends the task. */
  failed(task: Task, error: unknown): void {
    const { options } = task.spec;
    const { settings, clock, bus } = this.#kernel;
    const cancelled = task.extra?.cancelled;
    // It made it to the end, but not well: one that was asked to stop is not tried again.
    if (cancelled !== undefined) return this.#kernel.settle(task, "cancelled", cancelled);
    const decision = decideRetry(
      {
        retries: options.retries ?? settings.retries,
        handler: options.retryHandler ?? settings.retryHandler,
        backoff: settings.backoff,
      },
      error,
      { task: task.shortId, app: task.name, try: task.tries },
      task.failCost,
      Math.random(),
    );
    if (decision.kind === "fail") return this.#kernel.settle(task, "failed", decision.error);
    task.failCost += decision.cost;
    const counts = this.#kernel.counts.of(task.name);
    if (task.state !== "joining") {
      counts.launched--;
      counts.waiting++;
    }
    task.move("pending");
    const { delayMs } = decision;
    if (bus.wants("TaskRetried")) {
      const text = firstLine(error);
      bus.emit({ kind: "TaskRetried", task: task.shortId, app: task.name, try: task.tries, error: text, delayMs });
    }
    const again = (): void => {
      if (task.over) return;
      task.move("ready");
      this.#kernel.launcher.start(task);
    };
    if (delayMs > 0) task.rare().cleanup.push(clock.after(delayMs, again));
    else again();
  }

  /** The work of a task is done: checks its value and its files, records it, ends it. */
  succeeded(task: Task, raw: unknown): void {
    const accepted = task.spec.work.kind === "code" ? this.accept(task, raw) : undefined;
    if (accepted?.kind === "refused") {
      return this.failed(task, new ResultError(this.placeOfTask(task), accepted.why));
    }
    this.#fits(task, accepted === undefined ? raw : accepted.value, raw);
  }

  /** What the schema of an app makes of a result that it has not seen: one from a worker, or from the cache. */
  accept(task: Task, raw: unknown): Accepted {
    const { work } = task.spec;
    const schema = work.kind === "code"
      ? work.returns
      : work.kind === "bash" && work.parse.kind === "json"
      ? work.parse.schema
      : undefined;
    if (schema === undefined) return { kind: "accepted", value: raw };
    const checked = checkBy(schema, raw);
    if (checked.kind === "fits") return { kind: "accepted", value: checked.value };
    return { kind: "refused", why: `its result does not fit: ${checked.why}` };
  }

  #fits(task: Task, value: unknown, raw: unknown): void {
    if ((task.extra?.outputs.length ?? 0) > 0) this.#checkOutputs(task, value, raw);
    else this.#record(task, value, raw);
  }

  async #checkOutputs(task: Task, value: unknown, raw: unknown): Promise<void> {
    const outputs = (task.extra?.outputs ?? []).filter((o) => o.scheme === "file");
    const there = await Promise.all(outputs.map(async (o) => {
      try {
        await Deno.stat(this.place(task, o));
        return undefined;
      } catch (error) {
        return error;
      }
    }));
    if (task.over) return;
    const refused = there.find((error) => error instanceof Deno.errors.NotCapable);
    if (refused !== undefined) {
      const what = `look at what task ${task.shortId} "${task.name}" wrote`;
      return this.failed(task, PermissionError.of(what, refused));
    }
    const missing = outputs.filter((_, i) => there[i] !== undefined).map((o) => this.place(task, o));
    if (missing.length > 0) return this.failed(task, new MissingOutputsError(this.placeOfTask(task), missing));
    this.#record(task, value, raw);
    // The batch this result came in has been flushed while its files were looked at.
    this.#memo?.flush();
  }

  #record(task: Task, value: unknown, raw: unknown): void {
    if (task.extra?.memoKey === undefined || this.#memo === undefined) return this.#kernel.settle(task, "done", value);
    this.#memo.record(task, raw, () => {
      if (!task.over) this.#kernel.settle(task, "done", value);
    });
    if (task.spec.work.kind === "join") this.#memo.flush();
  }

  /** What executors have told since the last call belongs together. */
  flush(): void {
    this.#memo?.flush();
  }

  /** The store of results, once somebody needs it. */
  async memo(): Promise<Memo> {
    return this.#memo ??= await this.#loadMemo();
  }

  /** The store of results, if it was ever needed. */
  get loadedMemo(): Memo | undefined {
    return this.#memo;
  }

  /** Where a file that a task writes is, seen from the script. */
  place(task: Task, output: OutputFile): string {
    const { cwd } = task.spec.options;
    if (output.scheme !== "file") return output.given;
    return cwd === undefined ? output.path : resolve(cwd, output.path);
  }

  /** Which task, where, for an error. */
  placeOfTask(task: Task): TaskPlace {
    const retries = task.spec.options.retries ?? this.#kernel.settings.retries;
    return {
      task: task.shortId,
      app: task.name,
      try: task.tries,
      tries: Math.max(retries + 1, task.tries),
      executor: this.#kernel.executors[task.executor]?.label,
    };
  }

  /** Tells those who listen how a task ended. */
  announce(task: Task): void {
    const { bus } = this.#kernel;
    if (task.state === "done") {
      if (!bus.wants("TaskDone")) return;
      const { launchedAt = 0 } = task.extra ?? {};
      const durationMs = launchedAt === 0 ? 0 : this.#kernel.clock.monotonic() - launchedAt;
      bus.emit({ kind: "TaskDone", task: task.shortId, app: task.name, durationMs });
    } else if (task.state === "failed" || task.state === "dependencyFailed" || task.state === "cancelled") {
      if (!bus.wants("TaskFailed")) return;
      const error = textOf(task.result);
      bus.emit({ kind: "TaskFailed", task: task.shortId, app: task.name, how: task.state, error });
    }
  }
}

/** Whether a try came to its own end before anybody could stop it. */
function madeIt(outcome: Outcome): boolean {
  return outcome.kind === "value" ||
    outcome.kind === "shell" && outcome.end.kind === "exited" && outcome.end.exitCode === 0;
}

/** The file of a capture belongs to the next script as soon as this one has ended. */
function endCapture(extra: TaskExtra, end: ShellEnd): void {
  extra.capturePath = undefined;
  if (extra.followed && "stdout" in end) extra.capturedText = end.stdout;
}

/** What a listener is told of an error; the text of a chain is not built for each of its links. */
function textOf(error: unknown): string {
  if (error instanceof DependencyError) return `it needs ${DependencyError.viaOf(error).shortId}, which failed`;
  return error instanceof Error ? error.message : String(error);
}

import { fillFutures, findLeaves } from "../apps/arguments.ts";
import { AUTO } from "../apps/options.ts";
import { fillIn, prepareArguments } from "../apps/ship/sendable.ts";
import { Sh } from "../apps/sh.ts";
import { type AppSpec, checkBy } from "../apps/spec.ts";
import { InputFile, OutputFile } from "../data/file.ts";
import { FILE, type FileOf } from "../brand.ts";
import { makeParents } from "../data/parents.ts";
import { ConfigError, UnsupportedError } from "../errors/mod.ts";
import type { BashScript, StreamTarget } from "../executor.ts";
import { suggestion } from "../text.ts";
import { taskOf, valueOf } from "./future.ts";
import type { Kernel } from "./kernel.ts";
import type { Task, TaskExtra } from "./task.ts";

/** The arguments of a bash task whose body waits for values before it can be called. */
export interface DeferredBody {
  readonly kind: "deferredBody";
  readonly args: readonly unknown[];
}

/** Brings ready tasks to an executor: fills in what they waited for, renders scripts, asks the cache, chooses. */
export class Launcher {
  readonly #kernel: Kernel;
  /** Which executors may run an app, by their index; found once per app. */
  readonly #allowed = new WeakMap<AppSpec, readonly number[]>();
  /** Tasks that were ready before the executors were. */
  #backlog: Task[] | undefined = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The executors are ready: sends what waited for them. */
  open(): void {
    const waiting = this.#backlog ?? [];
    this.#backlog = undefined;
    for (const task of waiting) if (!task.over) this.#dispatch(task);
  }

  /** Checks, when an app is called, that some executor of this workflow can run it as it asks. */
  check(spec: AppSpec): void {
    if (this.#allowed.has(spec)) return;
    refuseRemote(spec);
    const { executors } = this.#kernel;
    const { executors: labels, resources } = spec.options;
    if (
      labels === undefined && resources === undefined && executors.length === 1 && executors[0]?.needsResources !== true
    ) {
      this.#allowed.set(spec, [0]);
      return;
    }
    const legal = executors.map((e) => e.label);
    for (const label of labels ?? []) {
      if (legal.includes(label)) continue;
      throw new ConfigError(`Cannot run app "${spec.name}" on executor "${label}": there is no such executor`, {
        path: ["executors"],
        got: label,
      }, { hint: suggestion(label, legal) });
    }
    const refusals: unknown[] = [];
    const allowed = executors.flatMap((executor, index) => {
      if (labels !== undefined && !labels.includes(executor.label)) return [];
      try {
        executor.checkResources(resources ?? {});
        return [index];
      } catch (error) {
        refusals.push(error);
        return [];
      }
    });
    if (allowed.length === 0) {
      throw refusals[0] ?? new ConfigError(`Cannot run app "${spec.name}": there is no executor`);
    }
    this.#allowed.set(spec, allowed);
  }

  /** Takes a task that waits for nothing any more. */
  launch(task: Task): void {
    const { work } = task.spec;
    try {
      switch (work.kind) {
        case "derive":
          return this.#kernel.outcomes.derived(task, work.derive);
        case "join":
          break;
        case "code":
          this.#fillArguments(task, work.args !== undefined && task.hasFutures);
          break;
        case "bash":
          if (!this.#render(task)) return;
          break;
      }
      for (const output of task.extra?.outputs ?? []) {
        if (output.scheme === "file") makeParents(this.#kernel.placeOf(task, output));
      }
    } catch (error) {
      return this.#kernel.settle(task, "failed", error);
    }
    if (task.tries === 0 && this.#isCached(task)) this.#askMemo(task);
    else this.start(task);
  }

  /** Starts a task whose value is not known yet. */
  start(task: Task): void {
    if (task.over) return;
    if (task.spec.work.kind === "join") this.#kernel.outcomes.joins.start(task, task.spec.work.body);
    else if (this.#backlog !== undefined) this.#backlog.push(task);
    else this.#dispatch(task);
  }

  #fillArguments(task: Task, check: boolean): void {
    let foreign = false;
    if (task.hasFutures || task.extra !== undefined) {
      task.args = fillIn(task.args, (future) => {
        const value = valueOf(future);
        if (!madeInScript(taskOf(future))) return value;
        foreign = true;
        addFiles(task, findLeaves(value).files);
        return value;
      });
    }
    const schema = check && task.spec.work.kind === "code" ? task.spec.work.args : undefined;
    const checked = schema === undefined ? undefined : checkBy(schema, task.args);
    if (checked?.kind === "refused") {
      throw new TypeError(`Cannot call "${task.name}": its arguments do not fit: ${checked.why}`);
    }
    if (checked !== undefined) task.args = checked.value;
    // What comes from a worker can go to one; what the script made of it may hold anything.
    if (!foreign && checked === undefined) return;
    const { values, files } = prepareArguments(task.args, task.name);
    task.args = files === undefined ? values : fillIn(values, valueOf);
  }

  /** Makes the script of a bash task; false when it has to wait for more futures first. */
  #render(task: Task): boolean {
    const { work } = task.spec;
    let source: unknown = task.args[0];
    if (typeof source === "object" && source !== null && "kind" in source && source.kind === "deferredBody") {
      if (work.kind !== "bash" || typeof work.body !== "function") return false;
      // The launcher's own wrapper: `bash_app.ts` made it.
      const args = fillFutures((source as DeferredBody).args, valueOf) as never[];
      source = work.body(...args);
      if (!Sh.isSh(source)) {
        throw new TypeError(
          `Cannot run bash app "${task.name}": its body must return a piece of shell made by sh\`…\``,
        );
      }
      task.args = [source];
      const open = findLeaves(source).futures.filter((f) => !taskOf(f).fulfilled);
      if (open.length > 0) {
        this.#kernel.waitAlso(task, open);
        return false;
      }
    }
    if (Sh.isSh(source)) {
      const { futures, files } = findLeaves(source);
      addFiles(task, [...files, ...futures.flatMap((f) => findLeaves(valueOf(f)).files)]);
    }
    const text = typeof source === "string" ? source : Sh.isSh(source) ? source.render(valueOf) : "";
    task.rare().script = this.#script(task, text);
    return true;
  }

  #script(task: Task, text: string): BashScript {
    const { options } = task.spec;
    const { stdoutPath, stderrPath } = task.extra ?? {};
    const strict = options.strict ?? this.#kernel.settings.strict;
    return {
      text,
      strict,
      cwd: options.cwd,
      env: options.env,
      stdout: target(options.stdout, stdoutPath),
      stderr: target(options.stderr, stderrPath),
    };
  }

  /** Finds the paths of the streams when the app is called, so that a future knows them however long it waits. */
  nameStreams(task: Task): void {
    const { stdout, stderr } = task.spec.options;
    if (stdout === undefined && stderr === undefined) return;
    const extra = task.rare();
    extra.stdoutPath = this.#pathOf(task, "stdout", stdout);
    extra.stderrPath = this.#pathOf(task, "stderr", stderr);
  }

  #pathOf(task: Task, stream: "stdout" | "stderr", option: StreamTarget | typeof AUTO | undefined): string | undefined {
    if (option !== AUTO) return option?.path;
    const own = this.#kernel.settings.stdAutopath?.({ task: task.shortId, app: task.name }, stream);
    if (own !== undefined) return own;
    const folder = String(Math.floor(task.id / 10_000)).padStart(4, "0");
    const name = task.name.replace(/[^\w.-]+/g, "_");
    return `${this.#kernel.runDir()}/task_logs/${folder}/${task.shortId}_${name}.${stream}`;
  }

  /**
   * A join is cached only when it asks for it itself: what it calls may have changed when its own text has not. Its body
   * is called again, and what that calls comes from the cache.
   */
  #isCached(task: Task): boolean {
    const { work, options } = task.spec;
    return options.cache ?? (this.#kernel.settings.cache && work.kind !== "join");
  }

  async #askMemo(task: Task): Promise<void> {
    try {
      const memo = await this.#kernel.outcomes.memo();
      const known = await memo.lookup(task, (raw) => this.#kernel.outcomes.accept(task, raw));
      if (task.over) return;
      if (known === undefined) return this.start(task);
      if (this.#kernel.bus.wants("TaskMemoized")) {
        this.#kernel.bus.emit({ kind: "TaskMemoized", task: task.shortId, app: task.name, key: known.key });
      }
      this.#kernel.settle(task, "memoized", known.value);
    } catch (error) {
      if (!task.over) this.#kernel.settle(task, "failed", error);
    }
  }

  #dispatch(task: Task): void {
    const kernel = this.#kernel;
    const index = this.#choose(task);
    const executor = kernel.executors[index];
    if (executor === undefined) return kernel.settle(task, "failed", new ConfigError("Cannot run a task: no executor"));
    task.executor = index;
    task.tries++;
    task.move("launched");
    const counts = kernel.counts.of(task.name);
    counts.waiting--;
    counts.launched++;
    // Most tasks keep no time: it is only told to those who listen.
    if (task.extra !== undefined || kernel.bus.wants("TaskDone")) beginTry(task.rare(), kernel.clock.monotonic());
    if (kernel.bus.wants("TaskLaunched")) {
      kernel.bus.emit({
        kind: "TaskLaunched",
        task: task.shortId,
        app: task.name,
        try: task.tries,
        executor: executor.label,
      });
    }
    executor.submit(task);
  }

  /** The least loaded of the executors that may run it, by tasks per slot. */
  #choose(task: Task): number {
    const allowed = this.#allowed.get(task.spec) ?? [0];
    let best = allowed[0] ?? 0;
    if (allowed.length === 1) return best;
    let least = Infinity;
    for (const index of allowed) {
      const load = this.#kernel.executors[index]?.load ?? Infinity;
      if (load < least) {
        least = load;
        best = index;
      }
    }
    return best;
  }
}

/** Notes the files that came with what was waited for, besides those that were known at the call. */
function addFiles(task: Task, files: readonly FileOf[]): void {
  if (files.length === 0) return;
  const extra = task.rare();
  const known = new Set([...extra.inputs, ...extra.outputs].map((f) => `${f[FILE]} ${f.given}`));
  for (const found of files) {
    // The marks are those of these two classes.
    const each = found as InputFile | OutputFile;
    const key = `${each[FILE]} ${each.given}`;
    if (known.has(key)) continue;
    known.add(key);
    if (each[FILE] === "output") extra.outputs = [...extra.outputs, each];
    else extra.inputs = [...extra.inputs, each];
  }
}

/** Whether the value of a task was made in the script, by a join body or a schema, rather than in a worker. */
function madeInScript(task: Task): boolean {
  const { work } = task.spec;
  switch (work.kind) {
    case "code":
      return work.returns !== undefined;
    case "bash":
      return work.parse.kind === "json" && work.parse.schema !== undefined;
    case "join":
    case "derive":
      return true;
  }
}

function beginTry(extra: TaskExtra, now: number): void {
  extra.launchedAt = now;
  extra.capturedText = undefined;
  const stdout = extra.script?.stdout;
  extra.stdoutFrom = stdout?.append === true ? sizeOf(stdout.path) : 0;
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    // Not there yet; whatever else is wrong with it, the shell says.
    return 0;
  }
}

/** Where a stream goes, by its option and the path that was found for it. */
function target(option: StreamTarget | typeof AUTO | undefined, path: string | undefined): StreamTarget | undefined {
  if (option !== AUTO) return option;
  return path === undefined ? undefined : { path, append: true };
}

/** Nothing moves files between machines: one that is elsewhere would silently be neither read nor written. */
function refuseRemote({ name, options }: AppSpec): void {
  for (const listed of [...options.inputs, ...options.outputs]) {
    if (!(listed instanceof InputFile || listed instanceof OutputFile) || listed.scheme === "file") continue;
    throw new UnsupportedError(
      `Cannot call app "${name}": "${listed.given}" is not a file of this machine`,
      { hint: "fetch or send it in a task of its own, and name the local file here" },
    );
  }
}

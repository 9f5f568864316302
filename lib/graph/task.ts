import type { AppSpec } from "../apps/spec.ts";
import type { BashScript, Code, WorkItem } from "../executor.ts";
import { type CancelledError, InternalError } from "../errors/mod.ts";
import type { InputFile, OutputFile } from "../data/file.ts";
import type { Kernel } from "./kernel.ts";
import { isFinal, mayMove, type TaskState } from "./states.ts";

/** What waits for a task: another task, or a callback. */
export type Dependant = Task | ((task: Task) => void);

/** What only some tasks have; kept apart so that the others stay small. */
export interface TaskExtra {
  /** Files it writes. */
  outputs: readonly OutputFile[];
  /** Files it reads. */
  inputs: readonly InputFile[];
  /** The rendered script of a bash app. */
  script: BashScript | undefined;
  /** Paths of the streams, once known. */
  stdoutPath: string | undefined;
  stderrPath: string | undefined;
  /** File that holds what it writes to stdout while it runs and is captured. */
  capturePath: string | undefined;
  /** What the last try wrote, kept only when somebody follows its lines. */
  capturedText: string | undefined;
  /** Size of the file of its stdout when the present try was launched: what it adds to begins there. */
  stdoutFrom: number;
  /** Whether somebody follows its lines. */
  followed: boolean;
  /** Why it is being cancelled, from the moment somebody asked. */
  cancelled: CancelledError | undefined;
  /** Key of its result in the cache, once known. */
  memoKey: string | undefined;
  /** Calls off what waits for it: a retry timer, a signal listener. */
  cleanup: (() => void)[];
  /** When the present try was launched, in monotonic milliseconds. */
  launchedAt: number;
  /** Bash arguments whose values the body of the app still waits for. */
  bodyArgs: readonly unknown[] | undefined;
}

/**
 * One call of an app. Every field exists from the start and in one order, so that all tasks share one hidden class:
 * a million of them must fit in a gigabyte.
 */
export class Task implements WorkItem {
  readonly id: number;
  readonly spec: AppSpec;
  readonly kernel: Kernel;
  args: readonly unknown[];
  state: TaskState = "pending";
  /** Dependencies that are not over yet. */
  waitingFor = 0;
  /** Tries begun. */
  tries = 0;
  /** What its failures cost so far (see `retryHandler`). */
  failCost = 0;
  /** The value of a task that is done, the error of one that failed. */
  result: unknown = undefined;
  /** Whether somebody looked at its failure. */
  seen = false;
  /** Whether its failure has been taken out of the unseen ones. */
  countedSeen = false;
  /** Whether a future stands somewhere in its arguments. */
  hasFutures = false;
  /** Neighbours in the kernel's list of tasks that are not over. */
  before: Task | undefined = undefined;
  after: Task | undefined = undefined;
  dependants: Dependant | Dependant[] | undefined = undefined;
  deferred: PromiseWithResolvers<unknown> | undefined = undefined;
  /** Where the executor keeps what it knows of the try. */
  lane: unknown = undefined;
  executor = -1;
  extra: TaskExtra | undefined = undefined;

  constructor(id: number, spec: AppSpec, kernel: Kernel, args: readonly unknown[]) {
    this.id = id;
    this.spec = spec;
    this.kernel = kernel;
    this.args = args;
  }

  /** `t42`. */
  get shortId(): string {
    return `t${this.id}`;
  }
  get name(): string {
    return this.spec.name;
  }
  get over(): boolean {
    return isFinal(this.state);
  }
  /** Whether it is over and has a value. */
  get fulfilled(): boolean {
    return this.state === "done" || this.state === "memoized";
  }
  /** Why it failed; undefined when it did not. */
  get error(): unknown {
    return this.over && !this.fulfilled ? this.result : undefined;
  }
  get code(): Code | undefined {
    return this.spec.work.kind === "code" ? this.spec.work.code : undefined;
  }
  get script(): BashScript | undefined {
    return this.extra?.script;
  }
  get walltime(): number | undefined {
    return this.spec.options.walltime ?? this.kernel.settings.walltime;
  }
  get priority(): number {
    return this.spec.options.priority;
  }
  get resources(): Readonly<Record<string, unknown>> | undefined {
    return this.spec.options.resources;
  }
  get permissions(): Deno.PermissionOptionsObject | "none" | undefined {
    return this.spec.options.permissions;
  }

  /** Moves to another state; a move that the table does not know is a defect. */
  move(to: TaskState): void {
    if (!mayMove(this.state, to)) {
      throw new InternalError(`Cannot move task ${this.shortId} from ${this.state} to ${to}`);
    }
    this.state = to;
  }

  /** The rare fields, made on first use. */
  rare(): TaskExtra {
    return this.extra ??= {
      outputs: [],
      inputs: [],
      script: undefined,
      stdoutPath: undefined,
      stderrPath: undefined,
      capturePath: undefined,
      capturedText: undefined,
      stdoutFrom: 0,
      followed: false,
      cancelled: undefined,
      memoKey: undefined,
      cleanup: [],
      launchedAt: 0,
      bodyArgs: undefined,
    };
  }

  /** Adds what is told when the task is over. */
  addDependant(dependant: Dependant): void {
    const now = this.dependants;
    if (now === undefined) this.dependants = dependant;
    else if (Array.isArray(now)) now.push(dependant);
    else this.dependants = [now, dependant];
  }

  /** Takes out those to be told. */
  takeDependants(): readonly Dependant[] {
    const now = this.dependants;
    this.dependants = undefined;
    return now === undefined ? NOBODY : Array.isArray(now) ? now : [now];
  }

  /** Calls `callback` when the task is over: now if it is already. */
  whenOver(callback: (task: Task) => void): void {
    if (this.over) callback(this);
    else this.addDependant(callback);
  }
}

const NOBODY: readonly Dependant[] = [];

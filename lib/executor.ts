import type { ShellEnd } from "./command/types.ts";
import type { WorkerEnd } from "./errors/mod.ts";

/** The code of a function app: its text, or the module that exports it. */
export type Code =
  | { readonly kind: "function"; readonly id: number; readonly name: string; readonly source: string }
  | {
    readonly kind: "module";
    readonly id: number;
    readonly name: string;
    readonly url: string;
    readonly export: string;
  };

/** Where a stream of a bash app goes. */
export interface StreamTarget {
  /** The file. */
  readonly path: string;
  /** Whether to add to what is there. */
  readonly append: boolean;
}

/** A bash app, ready to run. */
export interface BashScript {
  /** The script, every hole quoted. */
  readonly text: string;
  /** Whether `set -euo pipefail` goes in front. */
  readonly strict: boolean;
  /** Directory to run in. */
  readonly cwd: string | undefined;
  /** Variables added to the environment. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** Where stdout goes; captured when undefined. */
  readonly stdout: StreamTarget | undefined;
  /** Where stderr goes; captured when undefined. */
  readonly stderr: StreamTarget | undefined;
}

/** What an executor is given to do: one try of one task. */
export interface WorkItem {
  /** Number of the task. */
  readonly id: number;
  /** Name of the app. */
  readonly name: string;
  /** The function to call; undefined for a bash app. */
  readonly code: Code | undefined;
  /** Arguments of the function. */
  readonly args: readonly unknown[];
  /** The script to run; undefined for a function app. */
  readonly script: BashScript | undefined;
  /** Seconds it may run. */
  readonly walltime: number | undefined;
  /** Lower goes first. */
  readonly priority: number;
  /** What it asks for, already checked by `checkResources`. */
  readonly resources: Readonly<Record<string, unknown>> | undefined;
  /** Deno permissions it runs with; undefined for the ones of the script. */
  readonly permissions: Deno.PermissionOptionsObject | "none" | undefined;
  /** Where the executor has it: the executor's own note. */
  lane: unknown;
}

/** How one try ended. */
export type Outcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "thrown"; readonly error: unknown }
  | { readonly kind: "unsendable"; readonly message: string; readonly path: string }
  | { readonly kind: "shell"; readonly end: ShellEnd }
  | { readonly kind: "timeout" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "refused"; readonly error: Error }
  | { readonly kind: "lost"; readonly why: string; readonly end: WorkerEnd; readonly hint?: string | undefined };

/** What an executor tells the workflow that owns it. */
export interface ExecutorHost {
  /** The run: `0007`. */
  readonly run: string;
  /** A try really began; `capturePath` is the file its stdout goes to while it runs. */
  started(item: WorkItem, worker: string, capturePath?: string): void;
  /** A try ended; called exactly once for each item that was submitted. */
  ended(item: WorkItem, outcome: Outcome): void;
  /** The outcomes told since the last call belong together: they are recorded in one transaction. */
  flush(): void;
  /** A worker died. */
  workerLost(worker: string, why: string): void;
  /** Something a person should know of. */
  warn(message: string): void;
}

/** How busy an executor is. */
export interface ExecutorStatus {
  /** Its label. */
  readonly label: string;
  /** Its kind: `threads`. */
  readonly kind: string;
  /** Tasks it can run at once. */
  readonly slots: number;
  /** Tasks it runs. */
  readonly busy: number;
  /** Tasks that wait in it. */
  readonly queued: number;
  /** How many tasks of each app run. */
  readonly running: ReadonlyMap<string, number>;
}

/** Runs tasks. It never decides about retries or results: it says how each try ended. */
export interface Executor {
  /** Its label, unique in a workflow. */
  readonly label: string;
  /** Its kind: `threads`. */
  readonly kind: string;
  /** Whether every task must say what it asks for; then apps that say nothing never go to it. */
  readonly needsResources: boolean;
  /** Makes it ready. Nothing is submitted before; it need not have a worker yet. */
  start(host: ExecutorHost): Promise<void> | void;
  /** Throws `InvalidResourceSpecificationError` when the request is not understood or can never be met. */
  checkResources(resources: Readonly<Record<string, unknown>>): void;
  /** Takes one try; it starts when there is room, lower `priority` first. */
  submit(item: WorkItem): void;
  /** Stops a try; its outcome is `cancelled` unless it ended before. */
  cancel(item: WorkItem): void;
  /** Whether a try runs now, as far as that is known. */
  runs(item: WorkItem): boolean;
  /** Tasks in it for each slot: asked before every task that may go to several executors. */
  readonly load: number;
  /** How busy it is now. */
  status(): ExecutorStatus;
  /** Stops everything it started and gives everything back; items still in it end as `cancelled`. */
  close(): Promise<void>;
}

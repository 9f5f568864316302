import type { RetryHandler } from "../apps/options.ts";
import type { StdAutopath } from "./handlers.ts";
import type { Duration } from "./units.ts";

// Written out beside the schema, because a script's editor and `deno doc` show these and cannot look into zod's types.
// A test does not compile when the two differ.

/** Waits between the tries of a task. */
export interface RetryBackoffInput {
  /** Wait before the first retry; 1s by default. */
  initial?: Duration | undefined;
  /** Each further wait is so many times the one before; 2 by default. */
  factor?: number | undefined;
  /** No wait is longer; 1m by default. */
  max?: Duration | undefined;
  /** Part of each wait that is left to chance, from 0 to 1; 0.1 by default. */
  jitter?: number | undefined;
}

/** The options of a workflow, without its executors. */
export interface WorkflowInput {
  /** Name of the workflow in reports; by default the name of the script. */
  name?: string | undefined;
  /** How often a failed task is tried again; 0 by default. */
  retries?: number | undefined;
  /** Waits between the tries of a task; by default a task is tried again at once. */
  retryBackoff?: RetryBackoffInput | undefined;
  /** Says what a failure costs. */
  retryHandler?: RetryHandler | undefined;
  /** Directory of the runs; `runs` by default. */
  runDir?: string | undefined;
  /** Whether apps use known results again; false by default. */
  cache?: boolean | undefined;
  /** When results are kept for a later run; `taskExit` by default. */
  checkpointMode?: "taskExit" | "periodic" | "exit" | "manual" | undefined;
  /** How often, with checkpointMode `periodic`; 30m by default. */
  checkpointPeriod?: Duration | undefined;
  /** Runs whose results are used again: true, `"last"` or the path of one; false by default. */
  resume?: boolean | string | undefined;
  /** What happens to unfinished tasks when the workflow closes in good order; `wait` by default. */
  exitMode?: "wait" | "cancel" | "skip" | undefined;
  /** How long a try of a task may run, unless its app says otherwise. */
  walltime?: Duration | undefined;
  /** Whether `set -euo pipefail` goes in front of every script; true by default. */
  strict?: boolean | undefined;
  /** Time between SIGTERM and SIGKILL for what must stop; 5s by default. */
  killDelay?: Duration | undefined;
  /** Whether progress is shown on stderr; `auto` by default. */
  progress?: "auto" | "on" | "off" | undefined;
  /** The least important messages that go to the log of the run; `info` by default. */
  logLevel?: "debug" | "info" | "warn" | "error" | "off" | undefined;
  /** Chooses the file for a stdout or stderr that was asked for with `AUTO`. */
  stdAutopath?: StdAutopath | undefined;
}

/** Options of a kind that is not part of the toolkit: `use` names the module that default-exports its definition. */
export interface UseInput {
  /** Always `use`; a YAML file may leave it out. */
  kind: "use";
  /** Path or URL of the module. */
  use: string;
  /** The options of that kind. */
  [option: string]: unknown;
}

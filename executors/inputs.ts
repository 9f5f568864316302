import type { UseInput, WorkflowInput } from "../lib/config/input.ts";
import type { ThreadsInput } from "./threads/factory.ts";

/** Options of an executor as they are written: one line for each kind. */
export type ExecutorInput =
  | ThreadsInput
  | UseInput;

/** A configuration as it is written, in a script or in YAML. */
export interface ConfigInput extends WorkflowInput {
  /** What runs the tasks; the thread pool of this machine by default. */
  executors?: ExecutorInput[] | undefined;
}

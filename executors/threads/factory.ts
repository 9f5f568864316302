import type { Duration, Size } from "../../lib/config/units.ts";

/** Options of the thread pool. */
export interface ThreadsOptions {
  /** Its name in the workflow; `threads` by default. */
  label?: string | undefined;
  /** Tasks that run at once; by default one for each core. */
  maxThreads?: number | undefined;
  /** Most memory the heap of one worker may take; by default what the runtime allows. */
  memPerWorker?: Size | undefined;
  /** Time between SIGTERM and SIGKILL for a script; by default the killDelay of the workflow. */
  killDelay?: Duration | undefined;
}

/** Options of the thread pool with its kind. */
export interface ThreadsInput extends ThreadsOptions {
  /** Always `threads`. */
  kind: "threads";
}

/** The thread pool of this machine, for `load({ executors: [threads()] })`. */
export function threads(options: ThreadsOptions = {}): ThreadsInput {
  return { kind: "threads", ...options };
}

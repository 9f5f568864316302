// Types only: a script that never loads a configuration must not wait for zod.
import type { ThreadsInput, ThreadsOptions } from "./definition.ts";

/** The thread pool of this machine, for `load({ executors: [threads()] })`. */
export function threads(options: ThreadsOptions = {}): ThreadsInput {
  return { kind: "threads", ...options };
}

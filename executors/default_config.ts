// Types only: a script without a configuration starts without zod. A test keeps this equal to the schema's defaults.
import type { Config } from "./mod.ts";

/** What an empty configuration says. */
export function defaultConfig(): Config {
  return {
    retries: 0,
    runDir: "runs",
    cache: false,
    checkpointMode: "taskExit",
    checkpointPeriod: 1800,
    resume: false,
    exitMode: "wait",
    strict: true,
    killDelay: 5,
    progress: "auto",
    logLevel: "info",
    executors: [{ kind: "threads", label: "threads", maxThreads: navigator.hardwareConcurrency }],
  };
}

import type { Executor } from "../lib/executor.ts";
import type { WorkflowOptions } from "../lib/workflow.ts";
import type { ConfigInput } from "./mod.ts";
import { ThreadsExecutor } from "./threads/executor.ts";

/** Reads a configuration and makes what it asks for. zod is loaded here and not before: scripts without one need none. */
export async function configure(input: unknown): Promise<Omit<WorkflowOptions, "eager">> {
  const [{ loadConfig }, { createExecutor, REGISTRY }] = await Promise.all([
    import("../lib/config/load.ts"),
    import("./mod.ts"),
  ]);
  // The schema says what a configuration may be; until it has looked, it may be anything.
  const config = await loadConfig(input as ConfigInput | string | undefined, REGISTRY);
  return {
    settings: {
      retries: config.retries,
      retryHandler: config.retryHandler,
      backoff: config.retryBackoff,
      walltime: config.walltime,
      strict: config.strict,
      cache: config.cache,
      stdAutopath: config.stdAutopath,
    },
    executors: await Promise.all(config.executors.map((e) => createExecutor({ killDelay: config.killDelay, ...e }))),
    runDir: config.runDir,
    checkpointMode: config.checkpointMode,
    checkpointPeriod: config.checkpointPeriod,
    resume: config.resume,
    exitMode: config.exitMode,
    progress: config.progress,
    logLevel: config.logLevel,
  };
}

/** The executors of a workflow without configuration: the thread pool of this machine. */
export function defaultExecutors(): readonly Executor[] {
  return [new ThreadsExecutor({ label: "threads", maxThreads: navigator.hardwareConcurrency })];
}

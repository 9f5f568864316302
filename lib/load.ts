import { setDefault } from "./current.ts";
import type { Executor } from "./executor.ts";
import type { Kernel } from "./graph/kernel.ts";
import { DEFAULT_SETTINGS } from "./graph/settings.ts";
import { kernelOf, Workflow, type WorkflowOptions } from "./workflow.ts";

/** What `mod.ts` hands to the kernel, which knows no executor by name. */
export interface Parts {
  /** Reads a configuration and makes its executors; loads what it needs. */
  readonly configure: (config: unknown) => Promise<Omit<WorkflowOptions, "eager">>;
  /** Makes the executors of a workflow that has no configuration. */
  readonly byDefault: () => readonly Executor[];
}

let parts: Parts | undefined;

/** Says what workflows are made of; `mod.ts` does, once. */
export function install(given: Parts): void {
  parts = given;
  setDefault(openDefault);
}

/** Opens a workflow of a configuration. */
export async function open(config: unknown): Promise<Workflow> {
  if (parts === undefined) throw new TypeError("Cannot open a workflow: import it from mod.ts");
  const options = await parts.configure(config);
  const workflow = new Workflow({ ...options, eager: true });
  try {
    await workflow.start();
  } catch (error) {
    await workflow.abandon();
    throw error;
  }
  return workflow;
}

/** The workflow of a script that calls an app without having opened one. It lasts as long as the script. */
function openDefault(): Kernel {
  if (parts === undefined) throw new TypeError("Cannot call an app: import it from mod.ts");
  const workflow = new Workflow({
    settings: DEFAULT_SETTINGS,
    executors: parts.byDefault(),
    runDir: "runs",
    checkpointMode: "taskExit",
    checkpointPeriod: 1800,
    resume: false,
    exitMode: "wait",
    progress: "auto",
    logLevel: "info",
    eager: false,
  });
  workflow.startNow();
  return kernelOf(workflow);
}

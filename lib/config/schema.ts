import type { RetryHandler } from "../apps/options.ts";
import * as z from "../deps/zod.ts";
import { duration, scriptFunction } from "./codecs.ts";
import type { StdAutopath } from "./handlers.ts";

const retryBackoff = z.strictObject({
  initial: duration({ zero: true }).prefault("1s").meta({
    description: "Wait before the first retry.",
    examples: ["5s"],
  }),
  factor: z.number().min(1).default(2).meta({
    description: "Each further wait is so many times the one before.",
    examples: [1.5],
  }),
  max: duration({ zero: true }).prefault("1m").meta({ description: "No wait is longer.", examples: ["10m"] }),
  jitter: z.number().min(0).max(1).default(0.1).meta({
    description: "Part of each wait that is left to chance, so that tasks that failed together do not return together.",
    examples: [0.5],
  }),
});

/** YAML 1.1 read these as true and false; here they would be looked for as directories. */
const resumeName = z.string().min(1).regex(/^(?!(y|yes|on|n|no|off)$)/i, { error: "write true or false" });

/** The options of a workflow, without its executors. */
const ROOT = {
  name: z.string().min(1).optional().meta({
    description: "Name of the workflow in reports; by default the name of the script.",
    examples: ["ensemble"],
  }),
  retries: z.int().min(0).default(0).meta({
    description: "How often a failed task is tried again; an app can have its own number.",
    examples: [2],
  }),
  retryBackoff: retryBackoff.optional().meta({
    description: "Waits between the tries of a task; by default a task is tried again at once.",
    examples: [{ initial: "5s", max: "10m" }],
  }),
  retryHandler: scriptFunction<RetryHandler>().optional().meta({
    description: "Says what a failure costs: retries go on while the sum of the costs is at most `retries`.",
    script: true,
  }),
  runDir: z.string().min(1).default("runs").meta({
    description: "Directory of the runs; each gets a numbered one in it. Relative to where the script is started.",
    examples: ["/scratch/me/runs"],
  }),
  cache: z.boolean().default(false).meta({
    description: "Whether apps use known results again; an app can say it for itself.",
    examples: [true],
  }),
  checkpointMode: z.enum(["taskExit", "periodic", "exit", "manual"]).default("taskExit").meta({
    description: "When results are kept for a later run: as each task ends, every checkpointPeriod, as the workflow " +
      "closes, or only when the script calls `wf.checkpoint()`.",
    examples: ["periodic"],
  }),
  checkpointPeriod: duration().prefault("30m").meta({
    description: "How often, with checkpointMode periodic.",
    examples: ["10m"],
  }),
  resume: z.union([z.boolean(), resumeName]).default(false).meta({
    description:
      'Runs whose results are used again: true for all in runDir, "last" for the newest, or the path of one.',
    examples: ["last", "runs/0007"],
  }),
  exitMode: z.enum(["wait", "cancel", "skip"]).default("wait").meta({
    description: "What happens to unfinished tasks when the workflow closes in good order: they are waited for, " +
      "cancelled, or left to themselves.",
    examples: ["cancel"],
  }),
  walltime: duration().optional().meta({
    description: "How long a try of a task may run, unless its app says otherwise; by default as long as it likes.",
    examples: ["2h"],
  }),
  strict: z.boolean().default(true).meta({
    description: "Whether `set -euo pipefail` goes in front of every script; an app can say it for itself.",
    examples: [false],
  }),
  killDelay: duration({ zero: true }).prefault("5s").meta({
    description: "Time between SIGTERM and SIGKILL for what must stop.",
    examples: ["30s"],
  }),
  progress: z.enum(["auto", "on", "off"]).default("auto").meta({
    description: "Whether progress is shown on stderr; auto shows it live on a terminal and in lines elsewhere.",
    examples: ["off"],
  }),
  logLevel: z.enum(["debug", "info", "warn", "error", "off"]).default("info").meta({
    description: "The least important messages that go to the log of the run.",
    examples: ["debug"],
  }),
  stdAutopath: scriptFunction<StdAutopath>().optional().meta({
    description: "Chooses the file for a stdout or stderr that was asked for with AUTO.",
    script: true,
  }),
};

/** What every executor's options have. */
export interface ExecutorConfig {
  /** Which executor. */
  readonly kind: string;
  /** Its name, unique in the workflow. */
  readonly label: string;
}

/** Schema of a configuration whose executors have the schema `E`. */
export type ConfigSchema<E extends z.ZodType> = z.ZodObject<
  typeof ROOT & { executors: z.ZodPrefault<z.ZodArray<E>> },
  z.core.$strict
>;

/** A configuration as the kernel uses it: every default filled in, durations in seconds, sizes in bytes. */
export type BaseConfig = z.output<z.ZodObject<typeof ROOT, z.core.$strict>> & {
  readonly executors: readonly ExecutorConfig[];
};

/** The schema of a whole configuration, for executors of this schema, those it has by default, and an example of them. */
export function configSchema<E extends z.ZodType<ExecutorConfig>>(
  executor: E,
  byDefault: readonly z.input<E>[],
  example: readonly z.input<E>[],
): ConfigSchema<E> {
  const executors = z.array(executor).min(1).prefault([...byDefault]).meta({
    description: "What runs the tasks; an app that names none may run on any.",
    examples: [[...example]],
  });
  return z.strictObject({ ...ROOT, executors }).superRefine(({ executors }, context) => {
    for (const [i, { label }] of executors.entries()) {
      const first = executors.findIndex((other) => other.label === label);
      if (first === i) continue;
      context.addIssue({
        code: "custom",
        path: ["executors", i, "label"],
        message: `it is ${JSON.stringify(label)}`,
        params: { sameAs: ["executors", first, "label"] },
      });
    }
  });
}

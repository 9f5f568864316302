import { duration, size } from "../../lib/config/codecs.ts";
import { defineExecutor } from "../../lib/config/definition.ts";
import * as z from "../../lib/deps/zod.ts";
import type { Executor } from "../../lib/executor.ts";

/** The thread pool of this machine. */
export const threadsDefinition = defineExecutor({
  kind: "threads",
  summary: "The thread pool of this machine: functions in Deno workers, scripts in warm shells.",
  options: {
    maxThreads: z.int().min(1).default(navigator.hardwareConcurrency).meta({
      description: "Tasks that run at once; by default one for each core.",
      examples: [4],
      varies: "the number of cores",
    }),
    memPerWorker: size().optional().meta({
      description: "Most memory the heap of one worker may take; by default what the runtime allows.",
      examples: ["2GiB"],
    }),
    killDelay: duration({ zero: true }).optional().meta({
      description: "Time between SIGTERM and SIGKILL for a script; by default the killDelay of the workflow.",
      examples: ["10s"],
    }),
  },
  resources: {},
  create: async (config): Promise<Executor> => (await import("./executor.ts")).createThreadsExecutor(config),
});

/** Options of the thread pool, defaults filled in. */
export type ThreadsConfig = z.output<typeof threadsDefinition.schema>;

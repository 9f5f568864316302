/**
 * The kinds of executors, and the configuration of a workflow that may use them. A new kind is a folder with its
 * definition, a line in `EXECUTORS` and one in `ExecutorInput`.
 *
 * @module
 */
import { type AnyDefinition, type Choice, choice, createFrom } from "../lib/config/definition.ts";
import type { Registry } from "../lib/config/load.ts";
import { type ConfigSchema, configSchema } from "../lib/config/schema.ts";
import type * as z from "../lib/deps/zod.ts";
import type { Executor } from "../lib/executor.ts";
import { LAUNCHERS } from "../launchers/mod.ts";
import { PROVIDERS } from "../providers/mod.ts";
import { threadsDefinition } from "./threads/definition.ts";

export type { ConfigInput, ExecutorInput } from "./inputs.ts";

/** Every kind of executor. */
export const EXECUTORS = [threadsDefinition] as const satisfies readonly AnyDefinition<"executor", Executor>[];

/** Schema of the options of an executor, chosen by `kind`. */
export const executorChoice: Choice<"executor", typeof EXECUTORS> = choice("executor", EXECUTORS);

/** Options of an executor, defaults filled in. */
export type ExecutorOptions = z.output<typeof executorChoice>;

/** Schema of a whole configuration; a workflow without executors gets the thread pool. */
export const rootSchema: ConfigSchema<typeof executorChoice> = configSchema(
  executorChoice,
  [{ kind: "threads" }],
  [{ kind: "threads", maxThreads: 4 }],
);

/** A configuration with every default filled in, durations in seconds, sizes in bytes. */
export type Config = z.output<typeof rootSchema>;

/** All kinds there are. */
export const REGISTRY: Registry<typeof rootSchema> = {
  schema: rootSchema,
  executors: EXECUTORS,
  providers: PROVIDERS,
  launchers: LAUNCHERS,
};

/** Makes the executor that options ask for. */
export async function createExecutor(config: ExecutorOptions): Promise<Executor> {
  return await createFrom<Executor>(EXECUTORS, config);
}

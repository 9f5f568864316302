import { duration } from "../../../../lib/config/codecs.ts";
import { defineExecutor } from "../../../../lib/config/definition.ts";
import type { Executor } from "../../../../lib/executor.ts";
import * as z from "../../../../lib/deps/zod.ts";
import { createProvider, providerChoice } from "../../../../providers/mod.ts";

/** What the fake executor was made from, so that a test can look at it. */
export interface Made extends Executor {
  readonly madeFrom: unknown;
  readonly providerKind: string | undefined;
}

export default defineExecutor({
  kind: "mine",
  summary: "An executor of a test.",
  options: {
    patience: duration().prefault("2m").meta({ description: "How long." }),
    provider: providerChoice.optional().meta({ description: "Where from." }),
  },
  resources: { cores: z.int().min(1).optional().meta({ description: "Cores." }) },
  create: async (config): Promise<Made> => {
    const provider = config.provider === undefined ? undefined : await createProvider(config.provider);
    const made = { label: config.label, kind: config.kind, madeFrom: config, providerKind: provider?.kind };
    // It is never started: only its making is tested.
    return made as unknown as Made;
  },
});

import * as z from "../../../../lib/deps/zod.ts";
import { defineProvider } from "../../../../providers/provider.ts";

export default defineProvider({
  kind: "myCluster",
  summary: "A provider of a test.",
  options: { queue: z.string().meta({ description: "The queue.", examples: ["debug"] }) },
  create: (config) => ({
    kind: `${config.kind} ${config.queue}`,
    submit: () => Promise.resolve("1"),
    status: () => Promise.resolve(new Map()),
    cancel: () => Promise.resolve(),
  }),
});

import type { Command } from "./command.ts";

/** `sluice explain [--cache] TASK [--run RUN]` */
export const explain: Command = {
  name: "explain",
  args: ["TASK"],
  summary: "Say why a task was run again and not taken from the cache.",
  options: [
    { name: "cache", summary: "Ask about the cache; there is nothing else to ask about so far." },
    { name: "run", value: "RUN", summary: "A run directory or a journal; the last run in ./runs when not given." },
  ],
  run: async ([task = ""], options, output) => {
    const { explainCache } = await import("./explain_cache.ts");
    const run = options["run"];
    output.out(`${explainCache(typeof run === "string" ? run : undefined, task)}\n`);
    return 0;
  },
};

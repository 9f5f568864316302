import { assertEquals } from "@std/assert";
import { REGISTRY } from "../../executors/mod.ts";
import { threads } from "../../executors/threads/factory.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { DEFAULT_SETTINGS } from "../../lib/graph/settings.ts";

Deno.test("DEFAULT_SETTINGS says what the schema says of nothing", async () => {
  const config = await loadConfig(undefined, REGISTRY);
  const settings = {
    retries: config.retries,
    retryHandler: config.retryHandler,
    backoff: config.retryBackoff,
    walltime: config.walltime,
    strict: config.strict,
    cache: config.cache,
    stdAutopath: config.stdAutopath,
  };
  assertEquals(settings, { ...DEFAULT_SETTINGS });
});

Deno.test("threads() only fills in the kind", () => {
  assertEquals(threads({ maxThreads: 2 }), { kind: "threads", maxThreads: 2 });
  assertEquals(threads(), { kind: "threads" });
});

Deno.test("threads() and the types of a configuration load no zod", async () => {
  for (const file of ["executors/inputs.ts", "executors/threads/factory.ts", "lib/config/input.ts"]) {
    const text = await Deno.readTextFile(new URL(`../../${file}`, import.meta.url));
    const imports = text.split("\n").filter((line) => /^(import|export .* from)\b/.test(line));
    assertEquals(imports.filter((line) => !line.startsWith("import type ")), [], file);
  }
});

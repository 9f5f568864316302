import { assertEquals } from "@std/assert";
import { defaultConfig } from "../../executors/default_config.ts";
import { REGISTRY } from "../../executors/mod.ts";
import { threads } from "../../executors/threads/factory.ts";
import { loadConfig } from "../../lib/config/load.ts";

Deno.test("defaultConfig() is what the schema says of nothing", async () => {
  assertEquals(defaultConfig(), await loadConfig(undefined, REGISTRY));
});

Deno.test("threads() only fills in the kind", () => {
  assertEquals(threads({ maxThreads: 2 }), { kind: "threads", maxThreads: 2 });
  assertEquals(threads(), { kind: "threads" });
});

Deno.test("threads() and defaultConfig() load no zod", async () => {
  for (const file of ["default_config.ts", "threads/factory.ts"]) {
    const text = await Deno.readTextFile(new URL(`../../executors/${file}`, import.meta.url));
    const imports = text.split("\n").filter((line) => /^(import|export .* from)\b/.test(line));
    assertEquals(imports.filter((line) => !line.startsWith("import type ")), [], file);
  }
});

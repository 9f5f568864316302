import { assert, assertEquals } from "@std/assert";
import {
  isPlatformQuestion,
  isScriptOnly,
  isWorkersOwn,
  WORKER_GLOBALS,
} from "../../../../lib/apps/ship/worker_globals.ts";
import { TestWorker } from "./_in_worker.ts";

Deno.test("WORKER_GLOBALS is what a real worker has, without the worker's own affairs", async () => {
  using worker = new TestWorker();
  const real = await worker.ask({ kind: "globals" }) as string[];
  const shared = real.filter((name) => !isWorkersOwn(name));
  assertEquals([...WORKER_GLOBALS].sort(), shared.sort());
});

Deno.test("isScriptOnly() knows exactly the globals of this script that a worker lacks", async () => {
  using worker = new TestWorker();
  const real = new Set(await worker.ask({ kind: "globals" }) as string[]);
  const lacking = Object.getOwnPropertyNames(globalThis).filter((name) => !real.has(name));
  assertEquals(lacking.filter((name) => !isScriptOnly(name)), []);
  assert(isScriptOnly("localStorage") && !isScriptOnly("console"));
});

Deno.test("isPlatformQuestion() is no for a name that could be a variable", () => {
  assert(isPlatformQuestion("window"));
  assert(!isPlatformQuestion("options"));
});

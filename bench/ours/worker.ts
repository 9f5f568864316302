import { app, bash, gather, load, type TaskFuture, threads } from "../../mod.ts";
import { systemClock } from "../../lib/clock.ts";
import { childrenMemory, treeCpuMs } from "../processes.ts";
import { check, collect, report } from "./report.ts";

/** What workers cost when they are there: memory of each, and CPU while nothing is to be done. */
const WORKERS = 4;
const IDLE_MS = 2000;
const MB = 2 ** 20;

await using _wf = await load({ executors: [threads({ maxThreads: WORKERS })] });
const pause = app((ms: number) => new Promise((done) => setTimeout(done, ms)));
const nothing = bash`sleep 0.05`;
const all = (one: () => TaskFuture<unknown>): Promise<unknown> => gather(Array.from({ length: WORKERS }, one));

collect();
const before = Deno.memoryUsage().rss;
await all(() => pause(300));
const withWorkers = Deno.memoryUsage().rss;
await all(() => nothing());
await systemClock.sleep(200);
const cpu = treeCpuMs();
const start = performance.now();
await systemClock.sleep(IDLE_MS);
const idle = (treeCpuMs() - cpu) / (performance.now() - start) * 100;
check(withWorkers > before, "workers take no memory");
report({
  worker: (withWorkers - before) / WORKERS / MB,
  total: Deno.memoryUsage().rss / MB,
  shells: childrenMemory() / MB,
  idle,
});

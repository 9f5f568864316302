import { app, bash, gather, sh, type TaskFuture } from "../../mod.ts";
import { check, collect, numberArg, open, report } from "./report.ts";

/** Bytes for each task: waiting behind a gate, over and held, over and let go. */
const [kind, moment] = Deno.args;
const tasks = numberArg(2);
await using wf = await open();
const gate = app((ms: number) => new Promise<number>((done) => setTimeout(() => done(0), ms)));
const add = app((x: number, _gate: number) => x);
const echo = bash((x: number, _gate: number) => sh`echo ${x}`);
const same = app((x: number) => x);
const one: (i: number, gate: TaskFuture<number>) => TaskFuture<unknown> = moment === "finished"
  ? (i) => same(i)
  : kind === "bash"
  ? (i, gate) => echo(i, gate)
  : (i, gate) => add(i, gate);

const opened = gate(moment === "finished" ? 0 : 3_600_000);
await gather(Array.from({ length: 2000 }, (_, i) => same(i)));
let futures: TaskFuture<unknown>[] = [];
collect();
const before = Deno.memoryUsage();
for (let i = 0; i < tasks; i++) futures.push(one(i, opened));

if (moment === "finished") {
  await wf.wait();
  check(futures.every((future) => future.state === "done"), "a task is not done");
  collect();
  const held = Deno.memoryUsage();
  futures = [];
  collect();
  const dropped = Deno.memoryUsage();
  report({
    held: (held.heapUsed + held.external - before.heapUsed - before.external) / tasks,
    dropped: (dropped.heapUsed + dropped.external - before.heapUsed - before.external) / tasks,
    rss: (held.rss - before.rss) / tasks,
  });
} else {
  const grown = Deno.memoryUsage().rss - before.rss;
  collect();
  const after = Deno.memoryUsage();
  check(futures.every((future) => future.state === "pending"), "a task does not wait");
  report({
    heap: (after.heapUsed + after.external - before.heapUsed - before.external) / tasks,
    rss: grown / tasks,
    total: after.rss / 2 ** 20,
  });
  Deno.exit(0);
}

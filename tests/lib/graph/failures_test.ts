import { assertEquals, assertInstanceOf } from "@std/assert";
import { app } from "../../../lib/apps/function_app.ts";
import { join } from "../../../lib/apps/join_app.ts";
import { DependencyError } from "../../../lib/errors/mod.ts";
import { asCompleted, gather } from "../../../lib/graph/helpers.ts";
import { endOf, openBench } from "./fake_executor.ts";

const one = app((_x?: number): number => 1, { name: "one" });
const needs = app((x: number): number => x, { name: "needs" });

Deno.test("Failures counts a task that failed until somebody looks", async () => {
  using bench = openBench();
  const { failures } = bench.kernel;
  const future = one();
  assertEquals(failures.unseen, 0);
  bench.executor.fail();
  assertEquals([failures.unseen, failures.list.map((t) => t.shortId)], [1, ["t1"]]);
  await endOf(future);
  assertEquals([failures.unseen, failures.list], [0, []]);
});

Deno.test("Failures counts a failure once, however often and whenever somebody looks", async () => {
  using bench = openBench();
  const { failures } = bench.kernel;
  const before = one();
  const ended = endOf(before);
  bench.executor.fail();
  await ended;
  await endOf(before);
  assertInstanceOf(before.error, Error);
  assertEquals(failures.unseen, 0);
  one();
  bench.executor.fail();
  assertEquals([failures.unseen, failures.list.length], [1, 1]);
  await Promise.all([endOf(before), endOf(before.finally()), endOf(before.catch())]);
  assertEquals(failures.unseen, 1);
});

Deno.test("Failures: each way of looking counts", async () => {
  using bench = openBench();
  const ways: ((future: ReturnType<typeof one>) => unknown)[] = [
    (f) => f.error,
    (f) => endOf(f),
    (f) => f.catch(() => 0),
    (f) => endOf(f.finally()),
    (f) => endOf(gather([f])),
    (f) => Array.fromAsync(asCompleted([f])),
  ];
  for (const look of ways) {
    const future = one();
    bench.executor.fail();
    assertEquals(bench.kernel.failures.unseen, 1);
    await look(future);
    assertEquals(bench.kernel.failures.unseen, 0, String(look));
  }
});

Deno.test("Failures: who sees that a task could not run sees why, down to the root", async () => {
  using bench = openBench();
  const { failures } = bench.kernel;
  const root = one();
  const middle = needs(root);
  const last = needs(middle);
  const beside = needs(root);
  bench.executor.fail();
  assertEquals(failures.unseen, 4);
  await endOf(last);
  assertEquals([failures.unseen, failures.list.map((t) => t.id)], [1, [beside.id]]);
  const late = needs(root);
  assertInstanceOf(late.error, DependencyError);
  assertEquals(failures.unseen, 1);
});

Deno.test("Failures: seeing the root does not show what could not run because of it", async () => {
  using bench = openBench();
  const root = one();
  needs(root);
  bench.executor.fail();
  await endOf(root);
  assertEquals(bench.kernel.failures.unseen, 1);
});

Deno.test("Failures: who sees that a join failed sees the tasks it waited for", async () => {
  using bench = openBench();
  const both = join(() => [one(1), one(2)])();
  assertEquals(bench.executor.held.size, 2);
  bench.executor.fail();
  bench.executor.fail();
  // The join tells of the two: they need no mention of their own.
  assertEquals(bench.kernel.failures.list.map((t) => t.id), [both.id]);
  await endOf(both);
  assertEquals(bench.kernel.failures.unseen, 0);
});

Deno.test("Failures does not count what somebody stopped, nor what could not run because of that", () => {
  using bench = openBench();
  const running = one();
  const waiting = needs(running);
  const last = needs(waiting);
  waiting.cancel("enough");
  running.cancel();
  assertEquals([running.state, waiting.state, last.state], ["cancelled", "cancelled", "dependencyFailed"]);
  needs(waiting);
  assertEquals([bench.kernel.failures.unseen, bench.kernel.failures.list], [0, []]);
});

Deno.test("Failures keeps some of very many, and counts all", () => {
  using bench = openBench();
  const root = one();
  for (let i = 0; i < 12_000; i++) needs(root);
  bench.executor.fail();
  const { failures } = bench.kernel;
  assertEquals([failures.unseen, failures.list.length], [12_001, 10_000]);
});

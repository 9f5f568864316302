import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bash } from "../../../lib/apps/bash_app.ts";
import { app } from "../../../lib/apps/function_app.ts";
import { ConfigError, DependencyError, type RemoteError } from "../../../lib/errors/mod.ts";
import type { TaskFuture } from "../../../lib/graph/future.ts";
import { FakeExecutor, openBench } from "./fake_executor.ts";

/** One task of a random graph. */
interface Node {
  /** The tasks whose values it is given. */
  readonly needs: readonly number[];
  /** How long a try takes, in milliseconds. */
  readonly ms: number;
  /** How many of its tries fail. */
  readonly failing: number;
  readonly retries: 0 | 1 | 2;
  /** Where the futures stand in its arguments. */
  readonly shape: "flat" | "array" | "object" | "map";
}

const node = fc.record({
  picks: fc.array(fc.nat(199), { maxLength: 4 }),
  ms: fc.nat(1000),
  failing: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2, 3),
  retries: fc.constantFrom(0 as const, 1 as const, 2 as const),
  shape: fc.constantFrom<Node["shape"]>("flat", "array", "object", "map"),
});

/** Random graphs of up to 200 tasks: each needs some of those before it. */
const graph: fc.Arbitrary<readonly Node[]> = fc.array(node, { maxLength: 200, size: "max" }).map((nodes) =>
  nodes.map(({ picks, ...rest }, i) => ({ ...rest, needs: i === 0 ? [] : picks.map((p) => p % i) }))
);

function shaped(shape: Node["shape"], parts: readonly unknown[]): unknown[] {
  switch (shape) {
    case "flat":
      return [...parts];
    case "array":
      return [[parts, 1]];
    case "object":
      return [{ deep: { parts: [...parts] } }];
    case "map":
      return [new Map(parts.map((part, i) => [i, part]))];
  }
}

function failsAtLast({ failing, retries }: Node): boolean {
  return failing > retries;
}

const apps = ([0, 1, 2] as const).map((retries) =>
  app((...args: unknown[]): unknown => args, { name: `r${retries}`, retries })
);

/** Runs a graph on a clock of its own; every try is checked when it starts. */
function run(nodes: readonly Node[]): {
  readonly futures: readonly TaskFuture<unknown>[];
  readonly starts: readonly (readonly number[])[];
  readonly ends: readonly number[];
  readonly unseen: number;
} {
  using bench = openBench();
  const { executor, clock, kernel } = bench;
  const starts = nodes.map((): number[] => []);
  const ends = nodes.map(() => NaN);
  executor.onSubmit = (item) => {
    const i = item.id - 1;
    const one = nodes[i];
    assert(one !== undefined);
    starts[i]?.push(clock.monotonic());
    // It only starts when its inputs are done, and it is given their values.
    assertEquals(item.args, shaped(one.shape, one.needs.map((n) => `value ${n}`)));
    const tried = starts[i]?.length ?? 0;
    clock.after(one.ms, () => {
      ends[i] = clock.monotonic();
      if (tried <= one.failing) executor.fail(new RangeError(`task ${i}`), item);
      else executor.finish(`value ${i}`, item);
    });
  };
  const futures: TaskFuture<unknown>[] = [];
  for (const { needs, retries, shape } of nodes) {
    const one = apps[retries];
    assert(one !== undefined);
    futures.push(one(...shaped(shape, needs.map((n) => futures[n]))));
  }
  clock.advance(1e9);
  assertEquals([kernel.open, executor.held.size, clock.timers.length], [0, 0, 0]);
  return { futures, starts, ends, unseen: kernel.failures.unseen };
}

Deno.test("a graph runs each task once per try, as soon as its inputs are done, and failures close what needs them", () => {
  fc.assert(
    fc.property(graph, (nodes) => {
      const { futures, starts, ends, unseen } = run(nodes);
      // For each task that does not end well, the tasks at the bottom of that.
      const roots: Set<number>[] = [];
      for (const [i, one] of nodes.entries()) {
        const below = new Set(one.needs.flatMap((n) => [...roots[n] ?? []]));
        roots.push(below.size > 0 ? below : new Set(failsAtLast(one) ? [i] : []));
        const future = futures[i];
        assert(future !== undefined);
        const tries = below.size > 0 ? 0 : Math.min(one.failing, one.retries) + 1;
        assertEquals([starts[i]?.length, future.tries], [tries, tries]);
        if (below.size > 0) {
          const { error } = future;
          assertEquals(future.state, "dependencyFailed");
          assertInstanceOf(error, DependencyError);
          assert(below.has(Number(error.root.shortId.slice(1)) - 1), "the root is not one of those it needs");
          assertEquals(error.path.at(-1), error.root.shortId);
          assertEquals((error.cause as RemoteError).code, "REMOTE");
        } else {
          assertEquals(future.state, failsAtLast(one) ? "failed" : "done");
          const ready = Math.max(0, ...one.needs.map((n) => ends[n] ?? NaN));
          assertEquals(starts[i], Array.from({ length: tries }, (_, k) => ready + k * one.ms));
          assertEquals(ends[i], ready + tries * one.ms);
        }
      }
      assertEquals(unseen, roots.filter((r) => r.size > 0).length);
    }),
    { numRuns: 150 },
  );
});

/** Time that this thread has worked: what else runs on the machine takes none of it. */
function cpuMs(): number {
  try {
    return Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]) / 1e6;
  } catch {
    // Only Linux tells it.
    return performance.now();
  }
}

Deno.test("a fan-in of 30,000 and a chain of 30,000 cost no more for each task than small ones", () => {
  const count = app((xs: number[]) => xs.length);
  const next = app((x: number) => x + 1);
  function time(n: number): number {
    using bench = openBench();
    const { executor, kernel } = bench;
    const begun = cpuMs();
    const many = Array.from({ length: n }, (_, i) => next(i));
    const all = count(many);
    let last = next(0);
    for (let i = 1; i < n; i++) last = next(last);
    while (executor.held.size > 0) executor.finish(1);
    assertEquals([all.state, last.state, kernel.open], ["done", "done", 0]);
    return (cpuMs() - begun) / n;
  }
  time(500);
  const small = Math.min(...[1, 2, 3, 4, 5].map(() => time(1000)));
  const large = Math.min(...[1, 2].map(() => time(30_000)));
  // Anything quadratic would make it 30 times as much; cleaning up after so many makes it a few times.
  assert(large < 15 * small + 0.01, `${large} ms for each task of 30,000, ${small} ms for each of 1,000`);
});

Deno.test("a task that is given the same future many times waits for it once and gets it in every place", () => {
  using bench = openBench();
  const value = app(() => ({ n: 1 }));
  const sum = app((...parts: { n: number }[]) => parts.length);
  const future = value();
  sum(future, future, future);
  bench.executor.finish({ n: 7 });
  assertEquals(bench.executor.first.args, [{ n: 7 }, { n: 7 }, { n: 7 }]);
  assertEquals(bench.executor.submitted.length, 2);
});

Deno.test("a task that needs several that failed tells of one and counts the others", () => {
  using bench = openBench();
  const bad = app((): number => {
    throw new Error("no");
  });
  const needs = app((a: number, b: number, c: number) => a + b + c);
  const [a, b] = [bad(), bad()];
  bench.executor.fail(new Error("first"));
  bench.executor.fail(new Error("second"));
  const late = needs(a, 1, b);
  assertInstanceOf(late.error, DependencyError);
  assertEquals([late.error.path, late.error.others], [["t1"], 1]);
  assertEquals(
    late.error.message,
    'Cannot run task t3 "needs": it needs t1 (and 1 other it needs), and t1 "bad" failed: ' +
      'Cannot finish task t1 "bad": Error: first',
  );
});

Deno.test("a task goes to the least loaded of the executors that it may run on", () => {
  const executors = ["one", "two", "three"].map((label) => new FakeExecutor(label));
  using _bench = openBench({}, executors);
  const anywhere = app(() => 1);
  const there = anywhere.with({ executors: ["two", "three"] });
  for (let i = 0; i < 6; i++) anywhere();
  assertEquals(executors.map((e) => e.held.size), [2, 2, 2]);
  for (let i = 0; i < 4; i++) there();
  assertEquals(executors.map((e) => e.held.size), [2, 4, 4]);
  for (let i = 0; i < 5; i++) anywhere();
  assertEquals(executors.map((e) => e.held.size), [5, 5, 5]);
  const nowhere = anywhere.with({ executors: ["tow"] });
  const error = assertThrows(() => nowhere(), ConfigError);
  assertStringIncludes(error.message, 'Cannot run app "anywhere" on executor "tow": there is no such executor');
  assertStringIncludes(error.message, 'did you mean "two"?');
});

Deno.test("TaskDone says how long the last try took, of any kind of task", () => {
  using bench = openBench({ retries: 1 });
  const { executor, clock, kernel } = bench;
  const told: number[] = [];
  kernel.bus.subscribe((event) => void (event.kind === "TaskDone" && told.push(event.durationMs)));
  app(() => 1)();
  clock.advance(40);
  executor.fail();
  clock.advance(70);
  executor.finish(1);
  bash`echo hello`();
  clock.advance(5);
  executor.exit(0);
  assertEquals(told, [70, 5]);
});

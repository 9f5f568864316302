import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { app } from "../../../lib/apps/function_app.ts";
import { join } from "../../../lib/apps/join_app.ts";
import { DependencyError, JoinError, RemoteError, WorkflowError } from "../../../lib/errors/mod.ts";
import type { TaskFuture } from "../../../lib/graph/future.ts";
import { errorOf, openBench } from "./fake_executor.ts";

const one = app((x: number): number => x, { name: "one" });

Deno.test("join() is done when the future its body returned is, with its value", async () => {
  using bench = openBench();
  const future = join((x: number) => one(x + 1), { name: "more" })(1);
  assertEquals([future.state, future.tries, bench.executor.first.args], ["joining", 1, [2]]);
  bench.executor.finish(5);
  assertEquals([future.state, await future], ["done", 5]);
});

Deno.test("join() keeps the shape of what its body returned", async () => {
  using bench = openBench();
  const future = join(() => ({ a: [one(1), one(2)], m: new Map([["k", one(3)]]), same: "as it is" }))();
  for (const x of [1, 2, 3]) bench.executor.finish(10 * x);
  assertEquals(await future, { a: [10, 20], m: new Map([["k", 30]]), same: "as it is" });
});

Deno.test("join() of nothing is done at once", async () => {
  using bench = openBench();
  const empties = [join(() => [])(), join(() => ({}))(), join(() => new Map())(), join(() => new Set())()];
  assertEquals(empties.map((f) => f.state), ["done", "done", "done", "done"]);
  assertEquals(await empties[0], []);
  assertEquals(bench.executor.submitted.length, 0);
});

Deno.test("join() may wait for something before it calls, and its calls stay in its workflow", async () => {
  using bench = openBench();
  const gate = Promise.withResolvers<void>();
  const future = join(async (x: number) => {
    await gate.promise;
    return [one(x)];
  })(3);
  assertEquals([future.state, bench.executor.held.size], ["joining", 0]);
  // A workflow opened later is current now, and must not be where the calls go.
  using other = openBench();
  gate.resolve();
  await turn();
  assertEquals([bench.executor.held.size, other.executor.held.size], [1, 0]);
  bench.executor.finish(30);
  assertEquals(await future, [30]);
});

Deno.test("join() of an async body may return a value without futures", async () => {
  using _bench = openBench();
  assertEquals(await join(async () => await Promise.resolve(5))(), 5);
});

Deno.test("join() refuses a body that returns no future", async () => {
  using bench = openBench();
  for (const returned of [5, "text", undefined, { a: 1 }, [1, 2]]) {
    const error = await errorOf(join(() => returned, { name: "body" })());
    assertInstanceOf(error, TypeError);
    assertStringIncludes(error.message, '"body": its body must return a future, or an array or object of them');
    assertStringIncludes(error.message, Deno.inspect(returned, { depth: 1 }));
  }
  assertEquals(bench.kernel.open, 0);
});

Deno.test("join() fails when its body throws, now or later, and is tried again", async () => {
  using _bench = openBench({ retries: 2 });
  let calls = 0;
  const sync = join(() => {
    calls++;
    throw new RangeError("no body");
  })();
  const error = await errorOf(sync);
  assertInstanceOf(error, RemoteError);
  assertInstanceOf(error.cause, RangeError);
  assertEquals([calls, sync.tries], [3, 3]);
  const later = join(async () => {
    calls++;
    await Promise.resolve();
    throw new RangeError("no luck");
  })();
  assertInstanceOf(await errorOf(later), RemoteError);
  assertEquals([calls, later.tries], [6, 3]);
});

Deno.test("join() waits for all of them, then tells of each that failed", async () => {
  using bench = openBench();
  const future = join(() => [one(1), one(2), one(3), one(4)], { name: "four" })();
  bench.executor.fail(new Error("first"));
  bench.executor.finish(2);
  bench.executor.fail(new Error("third"));
  assertEquals(future.state, "joining");
  bench.executor.finish(4);
  const error = await errorOf(future);
  assertInstanceOf(error, JoinError);
  assertEquals(error.failed.map((f) => f.shortId), ["t2", "t4"]);
  assertEquals(
    error.message,
    'Cannot finish join t1 "four": 2 of the 4 tasks it waited for failed\n' +
      '  task t2 "one": Cannot finish task t2 "one": Error: first\n' +
      '  task t4 "one": Cannot finish task t4 "one": Error: third',
  );
  assertEquals(bench.kernel.failures.unseen, 0);
});

Deno.test("join() is what others wait for, and fails them", async () => {
  using bench = openBench();
  const inner = join((x: number) => one(x))(1);
  const next = one(inner);
  const bad = join((x: number) => one(x))(2);
  const after = one(bad);
  bench.executor.finish(5);
  assertEquals([...bench.executor.held].map((i) => i.args), [[2], [5]]);
  bench.executor.fail();
  bench.executor.finish(6);
  assertEquals(await next, 6);
  const error = await errorOf(after);
  assertInstanceOf(error, DependencyError);
  assertInstanceOf(error.cause, JoinError);
});

Deno.test("join() gets values in the places of futures, in containers too", async () => {
  using bench = openBench();
  let got: unknown;
  const future = join((x: { a: number[] }, y: Map<string, number>) => {
    got = [x, y];
    return [];
  })({ a: [one(1), 5] }, new Map([["k", one(2)]]));
  assertEquals(got, undefined);
  bench.executor.finish(10);
  bench.executor.finish(20);
  await future;
  assertEquals(got, [{ a: [10, 5] }, new Map([["k", 20]])]);
});

Deno.test("join() takes arguments that go in a circle", async () => {
  using bench = openBench();
  interface Round {
    value: TaskFuture<number> | number;
    self?: Round;
  }
  const round: Round = { value: one(1) };
  round.self = round;
  let got: Round | undefined;
  const future = join((x: Round) => {
    got = x;
    return [];
  })(round as never);
  bench.executor.finish(5);
  await future;
  assertEquals([got?.value, got?.self === got], [5, true]);
});

Deno.test("join() that is cancelled cancels all that its body called, and nothing else", async () => {
  using bench = openBench();
  const shared = one(9);
  const inner = join(() => [one(5), one(6)]);
  const future = join(() => [one(one(2)), inner(), shared, one(1).get("x" as never)])();
  assertEquals(bench.executor.held.size, 5);
  assertEquals(future.cancel("enough"), true);
  assertEquals([...bench.executor.held].map((i) => i.args), [[9]]);
  assertEquals([future.state, bench.kernel.open, bench.kernel.failures.unseen], ["cancelled", 1, 0]);
  assertEquals((await errorOf(future)).message, `Cancelled task t2 "${future.name}": enough`);
  bench.executor.finish(9);
  assertEquals(await shared, 9);
});

Deno.test("join() that is cancelled while its body waits is refused further calls", async () => {
  using bench = openBench();
  const gate = Promise.withResolvers<void>();
  const told = Promise.withResolvers<unknown>();
  const future = join(async () => {
    await gate.promise;
    try {
      return [one(1)];
    } catch (error) {
      told.resolve(error);
      throw error;
    }
  }, { name: "slow" })();
  future.cancel();
  gate.resolve();
  const error = await told.promise;
  assertInstanceOf(error, WorkflowError);
  assertEquals(error.message, 'Cannot call app "one": the join t1 "slow" was cancelled');
  assertEquals([bench.kernel.called, bench.kernel.open], [1, 0]);
});

Deno.test("join() that is over does not keep what its body does later from calling", async () => {
  using bench = openBench();
  const gate = Promise.withResolvers<void>();
  const future = join(() => {
    gate.promise.then(() => void one(1));
    return [];
  })();
  assertEquals(future.state, "done");
  gate.resolve();
  await turn();
  assertEquals(bench.kernel.called, 2);
});

Deno.test("join() cancels what an earlier try of its body called as well", () => {
  using bench = openBench({ retries: 1, backoff: { initial: 60, factor: 1, max: 60, jitter: 0 } });
  const future = join((): TaskFuture<number>[] => {
    one(1);
    throw new Error("no luck");
  })();
  assertEquals([future.state, bench.executor.held.size], ["pending", 1]);
  future.cancel();
  assertEquals([bench.executor.held.size, bench.kernel.open, bench.clock.timers.length], [0, 0, 0]);
});

Deno.test("join() of very many calls forgets those that are over, and cancels the others", () => {
  using bench = openBench();
  const future = join(() => {
    const kept = [];
    for (let i = 0; i < 1000; i++) {
      kept.push(one(i));
      if (i % 10 !== 0) bench.executor.finish(i, [...bench.executor.held].at(-1));
    }
    return kept;
  })();
  assertEquals(bench.executor.held.size, 100);
  future.cancel();
  assertEquals([bench.executor.held.size, bench.kernel.open], [0, 0]);
});

Deno.test("join() that was cancelled takes no notice of what its body returns later", async () => {
  using bench = openBench();
  const gate = Promise.withResolvers<TaskFuture<number>[]>();
  const future = join(() => gate.promise)();
  future.cancel();
  gate.resolve([]);
  await turn();
  assertEquals([future.state, bench.kernel.open], ["cancelled", 0]);
});

Deno.test("join() calls itself as deep as it likes", async () => {
  using bench = openBench();
  const down = join((n: number): TaskFuture<number> => n === 0 ? one(7) : down(n - 1));
  const future = down(500);
  bench.executor.finish(7);
  assertEquals([await future, bench.kernel.called], [7, 502]);
});

Deno.test("join() refuses futures of another workflow", async () => {
  using _outer = openBench();
  const foreign = one(1);
  using inner = openBench();
  assertInstanceOf(await errorOf(join(() => [foreign])()), WorkflowError);
  assertEquals(inner.kernel.open, 0);
});

Deno.test("join() may return the same future more than once", async () => {
  using bench = openBench();
  const future = join(() => {
    const same = one(1);
    return [same, same];
  })();
  bench.executor.finish(4);
  assertEquals(await future, [4, 4]);
  const bad = join(() => {
    const same = one(1);
    return [same, same];
  })();
  bench.executor.fail();
  const error = await errorOf(bad);
  assert(error instanceof JoinError);
  assertEquals([error.failed.length, error.message.includes("1 of the 1 tasks")], [1, true]);
});

/** A turn of the event loop: all promises that can settle have. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("join() that would wait for itself fails and names the circle", async () => {
  using bench = openBench();
  const box: { ring?: TaskFuture<number[]> } = {};
  const ring = join(async (): Promise<TaskFuture<number>[]> => {
    await Promise.resolve();
    // The needle in the circle: a task that needs the join it is returned by.
    return [one(box.ring?.get(0) ?? 0)];
  }, { name: "ring" })();
  // What a join of a list of futures gives is the list of their values.
  box.ring = ring as unknown as TaskFuture<number[]>;
  const error = await errorOf(ring);
  assertInstanceOf(error, TypeError);
  assertEquals(error.message, 'Cannot join task t1 "ring": it would wait for itself: t1 -> t3 -> t2 -> t1');
  assertEquals(bench.executor.submitted.length, 0);
});

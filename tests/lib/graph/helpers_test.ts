import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { app } from "../../../lib/apps/function_app.ts";
import { RemoteError } from "../../../lib/errors/mod.ts";
import type { TaskFuture } from "../../../lib/graph/future.ts";
import { asCompleted, gather, map } from "../../../lib/graph/helpers.ts";
import { type Bench, openBench } from "./fake_executor.ts";

const one = app((x: number): number => x, { name: "one" });

/** Ends the try whose argument is `x`. */
function finish(bench: Bench, x: number, value: unknown = 10 * x): void {
  const item = [...bench.executor.held].find((i) => i.args[0] === x);
  assert(item !== undefined, `nobody works on ${x}`);
  if (value instanceof Error) bench.executor.fail(value, item);
  else bench.executor.finish(value, item);
}

Deno.test("gather() keeps the shape, however deep the futures are, and leaves the given as it was", async () => {
  using bench = openBench();
  const given = {
    list: [one(1), 5, [one(2)]],
    map: new Map<unknown, unknown>([["k", one(3)], [one(4), "v"]]),
    set: new Set([one(5)]),
    plain: { text: "a", none: null },
  };
  const all = gather(given);
  for (const x of [5, 4, 3, 2, 1]) finish(bench, x);
  assertEquals(await all as unknown, {
    list: [10, 5, [20]],
    map: new Map<unknown, unknown>([["k", 30], [40, "v"]]),
    set: new Set([50]),
    plain: { text: "a", none: null },
  });
  assertEquals(given.list.length, 3);
  assert((given.list[0] as TaskFuture<number>).id === 1);
});

Deno.test("gather() of one future, of none and of the same one twice", async () => {
  using bench = openBench();
  const future = one(1);
  const all = [gather(future), gather([future, future])] as const;
  finish(bench, 1);
  assertEquals(await all[0], 10);
  assertEquals(await all[1], [10, 10]);
  assertEquals([await gather([]), await gather({ a: 1 })], [[], { a: 1 }]);
});

Deno.test("gather() rejects with the first error at once, and looks at all", async () => {
  using bench = openBench();
  const all = gather([one(1), one(2), one(3)]);
  finish(bench, 2, new Error("two"));
  const error = await assertRejects(() => all, RemoteError);
  assertInstanceOf(error.cause, Error);
  assertEquals(error.cause.message, "two");
  finish(bench, 1, new Error("one"));
  assertEquals(bench.kernel.failures.unseen, 0);
});

Deno.test("asCompleted() yields futures as they end, well or badly", async () => {
  using bench = openBench();
  const futures = [1, 2, 3, 4].map((x) => one(x));
  const ended = asCompleted(futures);
  finish(bench, 3);
  finish(bench, 1, new Error("no"));
  assertEquals((await ended.next()).value?.id, 3);
  const second = (await ended.next()).value;
  assertEquals([second?.id, second?.state], [1, "failed"]);
  const [third, fourth] = [ended.next(), ended.next()];
  finish(bench, 4);
  finish(bench, 2);
  assertEquals([(await third).value?.id, (await fourth).value?.id], [4, 2]);
  assertEquals(await ended.next(), { done: true, value: undefined });
  assertEquals(bench.kernel.failures.unseen, 0);
});

Deno.test("asCompleted() yields the future itself in a loop, and a break leaves the others be", async () => {
  using bench = openBench();
  const futures = [1, 2].map((x) => one(x));
  finish(bench, 1);
  for await (const future of asCompleted(futures)) {
    assertEquals([future.state, await future], ["done", 10]);
    break;
  }
  assertEquals([futures[1]?.state, bench.executor.held.size], ["launched", 1]);
  for await (const _ of asCompleted([])) assert(false);
});

Deno.test("asCompleted() of 5,000 keeps their order and loses none", async () => {
  using bench = openBench();
  const futures = Array.from({ length: 5000 }, (_, i) => one(i));
  const ended = asCompleted(futures);
  const expected: number[] = [];
  for (const item of [...bench.executor.held].reverse()) {
    expected.push(item.id);
    bench.executor.finish(0, item);
  }
  assertEquals((await Array.fromAsync(ended)).map((f) => f.id), expected);
  // Of those that are over already it cannot be told which was first.
  assertEquals((await Array.fromAsync(asCompleted(futures))).map((f) => f.id), futures.map((f) => f.id));
});

/** Numbers from 0, and how many were taken. */
function numbers(n: number): { taken: number } & Iterable<number> {
  return {
    taken: 0,
    *[Symbol.iterator](): Generator<number> {
      for (let i = 0; i < n; i++) {
        this.taken++;
        yield i;
      }
    },
  };
}

Deno.test("map() yields in the order of its input and holds no more than its window", async () => {
  using bench = openBench();
  let most = 0;
  bench.executor.onSubmit = () => most = Math.max(most, bench.executor.held.size);
  const input = numbers(30);
  const results = map(one, input, { window: 4 });
  for (let i = 0; i < 30; i++) {
    const next = results.next();
    // Nothing is taken while nobody asks, and never more than the window.
    await turn();
    assertEquals(input.taken, Math.min(30, i + 4));
    if (i % 2 === 0 && i < 29) finish(bench, i + 1);
    if (i % 2 === 0) finish(bench, i);
    assertEquals((await next).value, 10 * i);
  }
  assertEquals([(await results.next()).done, most], [true, 4]);
});

Deno.test("map() takes nothing before somebody asks", async () => {
  using _bench = openBench();
  const input = numbers(3);
  const results = map(one, input);
  await turn();
  assertEquals(input.taken, 0);
  await results.return?.();
});

Deno.test("map() cancels what is under way when its reader leaves", async () => {
  using bench = openBench();
  const results = map(one, numbers(100), { window: 5 });
  const first = results.next();
  await turn();
  finish(bench, 0);
  assertEquals((await first).value, 0);
  await results.return?.();
  assertEquals([bench.kernel.open, bench.executor.held.size, bench.kernel.called], [0, 0, 5]);
  assertEquals(bench.kernel.failures.unseen, 0);
});

Deno.test("map() rejects when the turn of a failed item comes, and cancels the rest", async () => {
  using bench = openBench();
  const results = map(one, numbers(100), { window: 3 });
  const first = results.next();
  await turn();
  finish(bench, 1, new Error("one"));
  finish(bench, 0);
  assertEquals((await first).value, 0);
  const second = results.next();
  const error = await assertRejects(() => second, RemoteError);
  assertEquals((error.cause as Error).message, "one");
  assertEquals([bench.kernel.open, (await results.next()).done], [0, true]);
});

Deno.test("map() ends with the error of its input, and cancels what is under way", async () => {
  using bench = openBench();
  async function* input(): AsyncGenerator<number> {
    yield 1;
    await Promise.resolve();
    throw new RangeError("the input is broken");
  }
  await assertRejects(() => map(one, input()).next(), RangeError, "the input is broken");
  assertEquals([bench.kernel.open, bench.kernel.called], [0, 1]);
});

Deno.test("map() refuses a window that is no whole number from 1", async () => {
  using bench = openBench();
  for (const window of [0, -1, 1.5, NaN, Infinity]) {
    await assertRejects(() => map(one, [1], { window }).next(), RangeError, `Cannot map "one": window must be`);
  }
  assertEquals(bench.kernel.called, 0);
});

/** A turn of the event loop: all promises that can settle have. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

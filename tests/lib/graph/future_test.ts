import { assert, assertEquals, assertInstanceOf, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { app } from "../../../lib/apps/function_app.ts";
import { bash } from "../../../lib/apps/bash_app.ts";
import { sh } from "../../../lib/apps/sh.ts";
import { file, output } from "../../../lib/data/file.ts";
import { CancelledError, DependencyError, RemoteError, WorkflowError } from "../../../lib/errors/mod.ts";
import { DataFuture, TaskFuture } from "../../../lib/graph/future.ts";
import { endOf, errorOf, openBench } from "./fake_executor.ts";

const one = app((x: number): number => x, { name: "one" });

Deno.test("TaskFuture is awaited for its value, as often as one likes, before and after it is done", async () => {
  using bench = openBench();
  const future = one(1);
  const before = [Promise.resolve(future), future.then((x) => x + 1), (async () => await future)()];
  bench.executor.finish(7);
  assertEquals(await Promise.all(before), [7, 8, 7]);
  assertEquals(await future, 7);
  assertEquals(await future.then(), 7);
  assertEquals(await future.then(null, null), 7);
});

Deno.test("TaskFuture.catch and finally do what those of a promise do", async () => {
  using bench = openBench();
  const future = one(1);
  const caught = future.catch((error) => (error as Error).name);
  let ends = 0;
  const last = future.finally(() => ends++);
  bench.executor.fail(new RangeError("no luck"));
  assertEquals([await caught, ends], ["RemoteError", 1]);
  const error = await errorOf(last);
  assertInstanceOf(error, RemoteError);
  assertInstanceOf(error.cause, RangeError);
  assertStringIncludes(error.message, "RangeError: no luck");
  const good = one(1);
  bench.executor.finish(3);
  assertEquals([await good.catch(() => 4), await good.finally()], [3, 3]);
});

Deno.test("TaskFuture makes a promise only when somebody waits, and its failure alone disturbs nobody", async () => {
  using bench = openBench();
  one(1);
  bench.executor.fail();
  // An unhandled rejection would fail this test.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(bench.kernel.failures.unseen, 1);
});

Deno.test("TaskFuture says what it knows: id, name, state, tries, error", async () => {
  using bench = openBench({ retries: 1 });
  const future = one(1);
  assertEquals([future.id, future.name, future.state, future.tries, future.error], [
    1,
    "one",
    "launched",
    1,
    undefined,
  ]);
  bench.executor.begin();
  assertEquals(future.state, "running");
  bench.executor.fail();
  assertEquals([future.state, future.tries, future.error], ["launched", 2, undefined]);
  bench.executor.fail(new Error("again"));
  assertEquals([future.state, future.tries], ["failed", 2]);
  assertInstanceOf(future.error, RemoteError);
  assertStringIncludes(future.error.message, "try 2 of 2");
  assertEquals(future.error, await errorOf(future));
  assertEquals(Deno.inspect(future), 'TaskFuture t1 "one" (failed)');
  assertEquals(Object.prototype.toString.call(future), "[object TaskFuture]");
});

Deno.test("TaskFuture.error is an Error, also when something else is the reason", () => {
  using bench = openBench({
    retryHandler: () => {
      // deno-lint-ignore no-throw-literal -- the scripts of others do
      throw "a text";
    },
  });
  const future = one(1);
  bench.executor.fail();
  assertEquals([future.error?.message, future.error?.cause], ["a text", "a text"]);
});

Deno.test("TaskFuture.cancel says whether there was something to stop, and the reason is in the error", async () => {
  using bench = openBench();
  const running = one(1);
  const waiting = one(running);
  assertEquals([waiting.cancel("enough of it"), waiting.cancel(), waiting.state], [true, false, "cancelled"]);
  assertEquals([running.cancel(new Error("a bad day")), running.state], [true, "cancelled"]);
  const [a, b] = [await errorOf(waiting), await errorOf(running)];
  assertInstanceOf(a, CancelledError);
  assertInstanceOf(b, CancelledError);
  assertEquals([a.message, a.by], ['Cancelled task t2 "one": enough of it', "user"]);
  assertEquals(b.message, 'Cancelled task t1 "one": a bad day');
  const done = one(1);
  bench.executor.finish(1);
  assertEquals([done.cancel(), await done], [false, 1]);
});

Deno.test("TaskFuture.cancel of a task that makes it to its end all the same leaves it its value", async () => {
  using bench = openBench();
  bench.executor.endsCancelled = false;
  const future = one(1);
  assertEquals(future.cancel(), true);
  bench.executor.finish(5);
  assertEquals(await future, 5);
});

Deno.test("TaskFuture.get gives a member of an array, an object or a Map", async () => {
  using bench = openBench();
  const pair = app((): [number, string] => [1, "a"])();
  const record = app((): { a: number; b?: string } => ({ a: 1 }))();
  const map = app(() => new Map([["k", 5]]))();
  const early = [pair.get(0), pair.get(1), record.get("a"), map.get("k")];
  bench.executor.finish([1, "a"]);
  bench.executor.finish({ a: 2 });
  bench.executor.finish(new Map([["k", 5]]));
  assertEquals(await Promise.all(early), [1, "a", 2, 5]);
  assertEquals(await pair.get(1), "a");
  assertEquals(await one(record.get("a")).cancel(), true);
});

Deno.test("TaskFuture.get of a member that is not there fails that future and says what there is", async () => {
  using bench = openBench();
  const record = app((): Record<string, number> => ({}), { name: "a" })();
  const map = app((): Map<string, number> => new Map())();
  const number = app((): { a: number } => ({ a: 1 }))();
  bench.executor.finish({ alpha: 1, beta: 2 });
  bench.executor.finish(new Map([["gamma", 1]]));
  bench.executor.finish(5);
  const message = async (f: PromiseLike<unknown>): Promise<string> => (await errorOf(f)).message;
  assertEquals(
    await message(record.get("alpa")),
    'Cannot get "alpa" of the value of t1 "a": it has no such member; did you mean "alpha"?',
  );
  assertStringIncludes(await message(map.get("delta")), "it can be gamma");
  assertStringIncludes(await message(record.get("toString")), 'Cannot get "toString"');
  assertStringIncludes(await message(record.get("__proto__")), 'Cannot get "__proto__"');
  assertStringIncludes(await message(number.get("a")), 'Cannot get "a" of the value of t3: the value is 5');
});

Deno.test("TaskFuture.get of a task that fails fails with it", async () => {
  using bench = openBench();
  const pair = app((): [number, string] => [1, "a"])();
  const first = pair.get(0);
  bench.executor.fail(new Error("no pair"));
  const error = await errorOf(first);
  assertInstanceOf(error, DependencyError);
  assertEquals(error.root.shortId, "t1");
});

Deno.test("TaskFuture.outputs are futures of the files, in the order of the arguments and then of the option", async () => {
  using bench = openBench();
  const write = bash((a: ReturnType<typeof output>) => sh`touch ${a}`, { outputs: [output("listed.txt")] });
  const dir = await Deno.makeTempDir();
  const future = write.with({ cwd: dir })(output("given.txt"));
  assertEquals(future.outputs.map((o) => [o.filename, o.path, o.state, o.id]), [
    ["given.txt", `${dir}/given.txt`, "launched", 1],
    ["listed.txt", `${dir}/listed.txt`, "launched", 1],
  ]);
  const [given] = future.outputs;
  assertInstanceOf(given, DataFuture);
  await Deno.writeTextFile(`${dir}/given.txt`, "");
  await Deno.writeTextFile(`${dir}/listed.txt`, "");
  bench.executor.exit(0);
  assertEquals((await given).path, `${dir}/given.txt`);
  assertMatch(given.url, /^file:\/\/\/.*given\.txt$/);
  assertEquals(Deno.inspect(given), `DataFuture "${dir}/given.txt" of t1 (done)`);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("DataFuture fails with its task, and cancels it", async () => {
  using bench = openBench();
  const [file] = app((_out: unknown) => 1)(output("x.txt") as never).outputs;
  assert(file !== undefined);
  const reader = one(file as never);
  bench.executor.fail(new Error("no file"));
  assertStringIncludes((await errorOf(file)).message, "no file");
  assertInstanceOf(await errorOf(reader), DependencyError);
  const [other] = app((_out: unknown) => 1)(output("y.txt") as never).outputs;
  assertEquals([other?.cancel(), other?.state], [true, "cancelled"]);
});

Deno.test("TaskFuture of another workflow is refused by name, and nothing is called", () => {
  using outer = openBench();
  const foreign = one(1);
  using inner = openBench();
  for (const use of [() => one(foreign), () => one.with({ inputs: [foreign] })(1)]) {
    const error = assertThrows(use, WorkflowError);
    assertStringIncludes(error.message, 'Cannot use t1 "one" of workflow 0001 in app "one" of workflow 0001');
    assertStringIncludes(error.message, "await it and pass its value");
  }
  assertEquals([outer.kernel.called, inner.kernel.called], [1, 0]);
});

Deno.test("TaskFuture of another copy of the toolkit is refused", () => {
  using bench = openBench();
  const alien = { [Symbol.for("sluice.future")]: true, id: 1, then: () => Promise.resolve(1) };
  assertStringIncludes(assertThrows(() => one(alien as never), Error).message, "another copy of the toolkit");
  assertEquals(bench.kernel.called, 0);
});

/** What compiles and what does not; nothing of it runs. */
export function types(): void {
  const add = app((a: number, b: number) => a + b);
  const half = app(async (x: number) => await Promise.resolve(x / 2));
  const sum = add(1, 2);
  const nested = app((x: { a: number[]; m: Map<string, number>; s: Set<number>; t: [number, string] }) => x.a.length);
  const text = app((x: string) => x);

  add(sum, 3);
  add(half(1), sum);
  nested({ a: [1, sum, half(2)], m: new Map([["k", sum]]), s: new Set([sum]), t: [sum, text("a")] });
  nested(app(() => ({ a: [1], m: new Map([["k", 1]]), s: new Set([1]), t: [1, "a"] as [number, string] }))());
  const wider: TaskFuture<number | string> = sum;
  const promise: PromiseLike<number> = sum;
  const unwrapped: Promise<number> = Promise.resolve(sum);
  const member: TaskFuture<number> = app((): [number, string] => [1, "a"])().get(0);
  const entry: TaskFuture<boolean> = app(() => new Map([["a", true]]))().get("a");
  sh`echo ${sum} ${[sum, "a", text("b")]} ${file("a")} ${sh`b`} ${1n}`;
  void [wider, promise, unwrapped, member, entry];

  // @ts-expect-error a text is no number
  add("a", 1);
  // @ts-expect-error an argument is missing
  add(1);
  // @ts-expect-error there is one too many
  add(1, 2, 3);
  // @ts-expect-error a future of a text is no number
  add(text("a"), 1);
  // @ts-expect-error a text inside an array of numbers
  nested({ a: ["x"], m: new Map(), s: new Set(), t: [1, "a"] });
  // @ts-expect-error a future of a text inside a Map of numbers
  nested({ a: [1], m: new Map([["k", text("a")]]), s: new Set(), t: [1, "a"] });
  // @ts-expect-error the tuple has its parts in another order
  nested({ a: [1], m: new Map(), s: new Set(), t: ["a", 1] });
  // @ts-expect-error a plain promise is no future
  add(Promise.resolve(1), 2);
  // @ts-expect-error a future of more is none of less
  const narrower: TaskFuture<number> = wider;
  // @ts-expect-error there is no such member
  app((): { a: number } => ({ a: 1 }))().get("b");
  // @ts-expect-error a boolean is nothing that a shell knows
  sh`echo ${true}`;
  // @ts-expect-error an object has no place in a script
  sh`echo ${{ a: 1 }}`;
  // @ts-expect-error a future of a boolean neither
  sh`echo ${app(() => true)()}`;
  void narrower;
}

Deno.test("types(): what should not compile does not", () => {
  assertEquals(typeof types, "function");
});

Deno.test("TaskFuture is no Promise, and Promise.all takes it", async () => {
  using bench = openBench();
  const futures = [one(1), one(2)];
  bench.executor.finish(1);
  bench.executor.finish(2);
  assertEquals([futures[0] instanceof Promise, futures[0] instanceof TaskFuture], [false, true]);
  assertEquals(await Promise.all(futures), [1, 2]);
  assertEquals(await endOf(Promise.race(futures)), { value: 1 });
});

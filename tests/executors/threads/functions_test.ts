import { assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { app, CancelledError, join, RemoteError, SerializationError, type TaskFuture, threads } from "../../../mod.ts";
import { failure, openLab } from "../../parsl/helpers.ts";

const same = app((x: number): number => x, { name: "same" });

function words(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(16));
}

Deno.test("threads: a function runs beside the script, which goes on meanwhile", async () => {
  await using _lab = await openLab();
  const shared = words();
  const spin = app((w: Int32Array): number => {
    Atomics.store(w, 0, 1);
    Atomics.notify(w, 0);
    while (Atomics.load(w, 1) === 0);
    return 7;
  });
  const future = spin(shared);
  const begun = Atomics.waitAsync(shared, 0, 0);
  if (begun.async) await begun.value;
  // It spins: were it in this thread, nothing could set the word it waits for.
  Atomics.store(shared, 1, 1);
  assertEquals(await future, 7);
});

Deno.test("threads: an async function has its worker to itself until it ends", async () => {
  await using _lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const alone = app(async (w: Int32Array) => {
    const now = Atomics.add(w, 2, 1) + 1;
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0));
    Atomics.sub(w, 2, 1);
    return now;
  });
  const shared = words();
  assertEquals(await Promise.all(Array.from({ length: 30 }, () => alone(shared))), new Array(30).fill(1));
});

Deno.test("threads: what a function throws arrives as it was, under a RemoteError", async () => {
  await using _lab = await openLab();
  const throwing = app((what: string): never => {
    const cause = new TypeError("underneath");
    if (what === "range") throw Object.assign(new RangeError("too far", { cause }), { limit: 7 });
    if (what === "own") {
      throw new (class OwnError extends Error {
        override name = "OwnError";
      })("mine");
    }
    if (what === "many") throw new AggregateError([new Error("one"), new RangeError("two")], "all of them");
    throw JSON.parse(`{"code":5}`);
  }, { name: "throwing" });
  const range = await failure(throwing("range"), RemoteError);
  assertInstanceOf(range.cause, RangeError);
  assertEquals([range.cause.message, "limit" in range.cause && range.cause.limit], ["too far", 7]);
  assertInstanceOf(range.cause.cause, TypeError);
  assertStringIncludes(range.cause.stack ?? "", "app:throwing");
  assertStringIncludes(range.message, 'Cannot finish task t1 "throwing": RangeError: too far');
  const own = await failure(throwing("own"), RemoteError);
  assertStringIncludes(own.message, "OwnError: mine");
  const { cause } = await failure(throwing("many"), RemoteError);
  assertInstanceOf(cause, AggregateError);
  assertEquals(cause.errors.map((e: Error) => [e.name, e.message]), [["Error", "one"], ["RangeError", "two"]]);
  assertEquals((await failure(throwing("object"), RemoteError)).cause, { code: 5 });
});

Deno.test("threads: an argument that a join made and that cannot be sent fails its task, and the next ones run", async () => {
  await using _lab = await openLab();
  const made = join(() => ({ a: same(2), f: () => 1 }));
  const use = app((x: { a: number }) => x.a, { name: "use" });
  // What the join gives has more than the task asks for.
  const error = await failure(use(made() as TaskFuture<{ a: number }>), SerializationError);
  assertStringIncludes(error.message, 'Cannot send argument 1 of "use": .f is a function');
  assertEquals(await same(3), 3);
});

Deno.test("threads: cancel() that meets a result on its way leaves the pool in order", async () => {
  await using lab = await openLab();
  await same(0);
  const mark = app((w: Int32Array): number => Atomics.store(w, 3, 1));
  for (let round = 0; round < 20; round++) {
    const shared = words();
    const future = mark(shared);
    await Promise.resolve();
    // The worker finishes it while this thread does not listen.
    const giveUp = performance.now() + 5000;
    while (Atomics.load(shared, 3) === 0 && performance.now() < giveUp);
    future.cancel();
    const end = await future.then((value) => value, (error: unknown) => error);
    if (end !== 1) assertInstanceOf(end, CancelledError);
    assertEquals(await same(round), round);
  }
  assertEquals(lab.wf.executors.map((e) => [e.busy, e.queued]), [[0, 0]]);
});

Deno.test("threads: a module that cannot be loaded fails its task and leaves the worker as it was", async () => {
  await using _lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const there = import.meta.resolve("./_tasks.ts");
  const missing = await failure(app(import.meta.resolve("./_no_such.ts"), "fit")(), RemoteError);
  assertStringIncludes(missing.message, "_no_such.ts");
  const wrong = await failure(app(there, "fti")(), RemoteError);
  assertStringIncludes(wrong.message, 'Cannot run "fti" of');
  assertStringIncludes(wrong.message, "it exports fit");
  assertStringIncludes((await failure(app(there, "VALUE")(), RemoteError)).message, "it is no function");
  assertEquals(await app(there, "fit")(20, 1), 21);
});

Deno.test("threads: shared memory is shared, and other arguments are copies", async () => {
  await using _lab = await openLab();
  const shared = words();
  const own = [1, 2];
  const write = app((w: Int32Array, list: number[]): number[] => {
    Atomics.store(w, 0, 42);
    list.push(3);
    return list;
  });
  assertEquals(await write(shared, own), [1, 2, 3]);
  assertEquals([Atomics.load(shared, 0), own], [42, [1, 2]]);
});

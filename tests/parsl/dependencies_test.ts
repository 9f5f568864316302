import { assert, assertEquals, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { app, DependencyError, gather, join, JoinError, RemoteError, SerializationError } from "../../mod.ts";
import { errorOf, exists, failure, openLab, tempDir } from "./helpers.ts";

const throwing = app((): number => {
  throw new RangeError("the root");
}, { name: "failing" });
const next = app((x: number) => x + 1, { name: "next" });

Deno.test("T10 a future among the arguments is waited for, and its value flows on", async () => {
  await using lab = await openLab();
  const gate = lab.path("gate");
  const wait = app(async (path: string) => {
    while (!await Deno.stat(path).then(() => true, () => false)) {
      await new Promise<void>((resolve) => setTimeout(resolve, 5));
    }
    return 7;
  });
  const future = next(wait(gate));
  assertEquals(future.state, "pending");
  await Deno.writeTextFile(gate, "");
  assertEquals(await future, 8);
});

Deno.test("T10 a plain Promise as argument is refused at the call, with the way out", async () => {
  await using lab = await openLab();
  const { promise, resolve } = Promise.withResolvers<number>();
  // @ts-expect-error a Promise does not compile where a number is expected
  const error = assertThrows(() => next(promise), SerializationError);
  assertStringIncludes(error.message, "is a Promise");
  assertStringIncludes(error.message, "await it");
  assertEquals(lab.wf.summary().tasks, 0);
  resolve(7);
  assertEquals(await next(await promise), 8);
});

Deno.test("T11 a task that needs a failed one does not run: one cause, which says what it was", async () => {
  await using lab = await openLab();
  const failed = throwing();
  const path = lab.path("ran");
  const error = await failure(
    app((_: number, p: string) => Deno.writeTextFileSync(p, ""))(failed, path),
    DependencyError,
  );
  assertEquals([error.path, error.others, error.root.name], [["t1"], 0, "failing"]);
  assertStrictEquals(error.cause, await errorOf(failed));
  assert(!await exists(path), "the task itself never ran");
});

Deno.test("T11 a task that needs several failed ones names the first and counts the others", async () => {
  await using _lab = await openLab();
  const fail = throwing;
  const [a, b, c] = [fail(), fail(), fail()];
  for (const future of [a, b, c]) await errorOf(future);
  const error = await failure(app((list: number[]) => list)([a, b, c]), DependencyError);
  assertEquals([error.path, error.others], [["t1"], 2]);
  assertStringIncludes(error.message, "2 others");
});

Deno.test("T12 a failed dependency fails one task that needs it, not itself that way", async () => {
  await using lab = await openLab();
  const first = throwing();
  const second = next(first);
  assert(!(await errorOf(first) instanceof DependencyError));
  const error = await failure(second, DependencyError);
  assertStringIncludes(error.message, `task t${second.id}`);
  assertStringIncludes(error.message, `t${first.id}`);
  assertEquals([second.state, second.tries], ["dependencyFailed", 0]);
  assertEquals([lab.wf.summary().failed, lab.wf.summary().dependencyFailed], [1, 1]);
});

Deno.test("T12 a failed dependency fails a chain of three", async () => {
  await using lab = await openLab();
  const last = next(next(next(throwing())));
  const error = await failure(last, DependencyError);
  assertEquals(error.path, ["t3", "t2", "t1"]);
  assertEquals([lab.wf.summary().failed, lab.wf.summary().dependencyFailed], [1, 3]);
});

Deno.test("T12 a failed dependency fails two branches", async () => {
  await using lab = await openLab();
  const first = throwing();
  for (const branch of [next(first), next(first)]) await failure(branch, DependencyError);
  assertEquals([lab.wf.summary().failed, lab.wf.summary().dependencyFailed], [1, 2]);
});

Deno.test("T13 the first of three fails: the last one knows the way down and the root's own error", async () => {
  await using _lab = await openLab();
  const t1 = throwing();
  const t2 = next(t1);
  const t3 = next(t2);
  const error = await failure(t3, DependencyError);
  assertEquals([error.path, error.root.shortId], [["t2", "t1"], "t1"]);
  assertStrictEquals(error.cause, await errorOf(t1));
  assert(error.cause instanceof RemoteError && error.cause.cause instanceof RangeError);
  assertStringIncludes(error.message, "RangeError: the root");
  assert(await errorOf(t2) instanceof DependencyError);
});

Deno.test("T13 the middle of three fails: the cause is its own error, and the first one is done", async () => {
  await using _lab = await openLab();
  const t1 = next(0);
  const t2 = app((x: number): number => {
    throw new RangeError(`not ${x}`);
  })(t1);
  const error = await failure(next(t2), DependencyError);
  assertEquals([error.path, await t1], [["t2"], 1]);
  assert(error.cause instanceof RemoteError && error.cause.cause instanceof RangeError);
});

Deno.test("T13 a task that is called after the failure fails the same way", async () => {
  await using _lab = await openLab();
  const t1 = throwing();
  await errorOf(t1);
  const late = next(t1);
  assertEquals(late.state, "dependencyFailed");
  await failure(late, DependencyError);
});

Deno.test("T14 a chain of 100 does not nest stack frames, neither in functions nor in join bodies", async () => {
  await using _lab = await openLab();
  const deep = app((depth: number) => {
    Error.stackTraceLimit = Infinity;
    return Math.max(depth, (new Error().stack ?? "").split("\n").length);
  });
  let future = deep(0);
  for (let i = 1; i < 100; i++) future = deep(future);
  assert(await future < 50, `${await future} frames in a worker`);

  const same = app((x: number) => x);
  const body = join((depth: number) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Infinity;
    const frames = (new Error().stack ?? "").split("\n").length;
    Error.stackTraceLimit = limit;
    return same(Math.max(depth, frames));
  });
  let joined = body(0);
  for (let i = 1; i < 100; i++) joined = body(joined);
  assert(await joined < 50, `${await joined} frames in the script`);
});

Deno.test("T15 a join gives what its futures give: of one, of a list, of none, and on to another task", async () => {
  await using _lab = await openLab();
  const one = join(() => next(1));
  const many = join((n: number) => Array.from({ length: n }, (_, i) => next(i)));
  const named = join(() => ({ a: next(1), b: [next(2)] }));
  assertEquals(await one(), 2);
  assertEquals(await many(3), [1, 2, 3]);
  assertEquals(await many(0), []);
  assertEquals(await named(), { a: 2, b: [3] });
  assertEquals(await next(one()), 3);
  const combine = app((values: readonly number[]) => values.length);
  assertEquals(await combine(many(5)), 5);
});

Deno.test("T15 a join body gets values where it was called with futures", async () => {
  await using _lab = await openLab();
  const seen: unknown[] = [];
  const spread = join((n: number) => {
    seen.push(n);
    return Array.from({ length: n }, () => next(n));
  });
  assertEquals(await spread(next(1)), [3, 3]);
  assertEquals(seen, [2]);
});

Deno.test("T16 a join body that returns no future is a TypeError", async () => {
  await using _lab = await openLab();
  const error = await failure(join(() => 3 as unknown)(), TypeError);
  assertStringIncludes(error.message, "must return a future");
  assertStringIncludes(error.message, "3");
});

Deno.test("T17 a join fails after all its tasks ended, and tells the failed ones in order", async () => {
  await using lab = await openLab();
  const fail = app(async (text: string, ms: number) => {
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
    throw new RangeError(text);
  }, { name: "fail" });
  const slow = app(async () => {
    await new Promise<void>((resolve) => setTimeout(resolve, 100));
    return 1;
  });
  const two = await failure(join(() => [fail("Error A", 60), fail("Error B", 0)])(), JoinError);
  assertEquals(two.failed.map((f) => [f.shortId, f.name]), [["t2", "fail"], ["t3", "fail"]]);
  assertEquals(two.errors.map((e) => e instanceof RemoteError && e.cause instanceof Error && e.cause.message), [
    "Error A",
    "Error B",
  ]);
  assertStrictEquals(two.cause, two.errors[0]);

  const mixed = join(() => [fail("Error A", 0), slow()])();
  const one = await failure(mixed, JoinError);
  assertEquals(one.failed.length, 1);
  assertEquals(lab.wf.summary().done, 1, "the task that did not fail was over before the join was");
  const single = await failure(join(() => fail("Error A", 0))(), JoinError);
  assertEquals(single.failed.length, 1);
});

Deno.test("T17 what a join body throws is its own error, not one of its tasks", async () => {
  await using _lab = await openLab();
  const error = await failure(
    join((): ReturnType<typeof next>[] => {
      throw new RangeError("in the body");
    })(),
    RemoteError,
  );
  assert(error.cause instanceof RangeError);
});

Deno.test("T18 Fibonacci by joins that call themselves", async () => {
  await using _lab = await openLab();
  const add = app((a: number, b: number) => a + b);
  const same = app((n: number) => n);
  const fibonacci = join((n: number): ReturnType<typeof same> =>
    n < 2 ? same(n) : add(fibonacci(n - 1), fibonacci(n - 2))
  );
  assertEquals(await gather([fibonacci(0), fibonacci(4), fibonacci(6)]), [0, 3, 8]);
});

Deno.test("T19 get() gives a future of a member of an object, an array, a tuple and a Map", async () => {
  await using _lab = await openLab();
  const make = app(() => ({
    a: 1,
    list: [10, 20],
    pair: ["x", 5] as [string, number],
    map: new Map([["k", "v"]]),
    0: "zero",
  }));
  const made = make();
  assertEquals(await made.get("a"), 1);
  assertEquals(await made.get("list").get(1), 20);
  assertEquals(await made.get("pair").get(0), "x");
  assertEquals(await made.get("map").get("k"), "v");
  assertEquals(await made.get(0), "zero");
  assertEquals(await next(made.get("pair").get(1)), 6);
});

Deno.test("T19 get() never blocks, and a member that is not there fails only its own future", async () => {
  await using lab = await openLab();
  const slow = app(async (): Promise<Record<string, number>> => {
    await new Promise<void>((resolve) => setTimeout(resolve, 100));
    return { answer: 42 };
  });
  const future = slow();
  const [good, bad] = [future.get("answer"), future.get("anwser")];
  assertEquals([future.state === "done", good.state], [false, "pending"]);
  const error = await failure(bad, RangeError);
  assertStringIncludes(error.message, "answer");
  assertEquals([await good, await future], [42, { answer: 42 }]);
  assertEquals(lab.wf.summary().failed, 1);
});

Deno.test("T19 get() gives members of the value only, never what its prototype has", async () => {
  await using _lab = await openLab();
  const make = app(() => ({ list: [1] }));
  // @ts-expect-error there is no such member, and the compiler says so
  await failure(make().get("lsit"), RangeError);
  await failure(make().get("list").get("map" as "length"), RangeError);
  await failure(make().get("__proto__" as "list"), RangeError);
});

Deno.test("T19 get() of a task that fails fails with it", async () => {
  await using _lab = await openLab();
  const bad = app((): { readonly a: number } => {
    throw new RangeError("none");
  });
  const error = await failure(bad().get("a"), DependencyError);
  assertEquals(error.path, ["t1"]);
});

Deno.test("T33 wait() ends when all tasks have, also those that start and end while it waits", async () => {
  await using lab = await openLab();
  const slow = app(async (ms: number) => {
    await new Promise<void>((resolve) => setTimeout(resolve, ms));
  });
  const tree = join((n: number): unknown => n === 0 ? slow(1) : [tree(n - 1), tree(n - 1)]);
  const running = [slow(50), slow(1), tree(4)];
  assert(running.every((f) => f.state !== "done"));
  await lab.wf.wait();
  assertEquals(running.map((f) => f.state), ["done", "done", "done"]);
  assertEquals(lab.wf.summary().tasks, lab.wf.summary().done);
  await lab.wf.wait();
});

Deno.test("T33 the value of a finished task is let go when nobody can ask for it any more", async () => {
  await using dir = await tempDir();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--v8-flags=--expose-gc", import.meta.resolve("./fixtures/forgets.ts"), dir.path],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  const told: { readonly held: number; readonly kept: boolean } = JSON.parse(new TextDecoder().decode(stdout));
  assert(told.held <= 2, `${told.held} of 50 values are still held`);
  assert(told.kept, "the one with a future is there");
});

import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import {
  app,
  apps,
  DependencyError,
  file,
  gather,
  InvalidResourceSpecificationError,
  RemoteError,
  SerializationError,
  TaskTimeoutError,
} from "../../mod.ts";
import { errorOf, failure, openLab } from "./helpers.ts";

Deno.test("T1 an app returns what its function does, and the function may import what it needs", async () => {
  await using _lab = await openLab();
  const double = app((x: number) => 2 * x);
  const square = app(async (x: number) => {
    const { join } = await import("node:path");
    return join("a", "b") === "a/b" ? x ** 2 : NaN;
  });
  assertEquals(await double(2), 4);
  assertEquals(await gather([-2, -1, 0, 1, 2, 3].map((x) => square(x))), [4, 1, 0, 1, 4, 9]);
});

Deno.test("T2 n calls of an app each give their own value, for n from 0 to 21", async () => {
  await using _lab = await openLab();
  const double = app((x: number) => 2 * x);
  for (const n of [0, 1, 2, 3, 5, 8, 13, 21]) {
    const items = Array.from({ length: n }, (_, i) => i);
    assertEquals(await gather(items.map((i) => double(i))), items.map((i) => 2 * i));
  }
});

Deno.test("T3 a diamond of calls waits for all its sides", async () => {
  await using _lab = await openLab();
  const k = app((x: number) => x);
  const mul = app((a: number, b: number) => a * b);
  const a = k(2);
  assertEquals(await k(mul(mul(a, 3), mul(a, 5))), 60);
});

for (const [speed, ms] of [["fast", 0], ["slow", 30]] as const) {
  Deno.test(`T4 pipelines of depth 2 and 3 pass each value on, ${speed} stages`, async () => {
    await using _lab = await openLab();
    const increment = app(async (x: number, ms: number) => {
      await new Promise<void>((resolve) => setTimeout(resolve, ms));
      return x + 1;
    });
    for (const depth of [2, 3]) {
      const stages = [increment(0, ms)];
      while (stages.length < depth) stages.push(increment(stages.at(-1)!, ms));
      const values = await gather(stages);
      assertEquals(values.reduce((sum, x) => sum + x, 0), depth * (depth + 1) / 2);
    }
  });
}

Deno.test("T5 map and reduce: futures in an array and spread over the arguments give the same sum", async () => {
  await using _lab = await openLab();
  const double = app((x: number) => 2 * x);
  const total = app((values: readonly number[]) => values.reduce((sum, x) => sum + x, 0));
  const sum = app((...values: number[]) => values.reduce((sum, x) => sum + x, 0));
  for (const width of [2, 3, 5]) {
    const expected = width * (width - 1);
    const mapped = Array.from({ length: width }, (_, i) => double(i));
    assertEquals(await total(mapped), expected);
    assertEquals(await sum(...mapped), expected);
  }
});

Deno.test("T5 the option inputs makes a task wait for futures that are no argument", async () => {
  await using lab = await openLab();
  const write = app(async (path: string) => {
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
    await Deno.writeTextFile(path, "there");
  });
  const read = app((path: string) => Deno.readTextFile(path));
  const path = lab.path("later");
  assertEquals(await read.with({ inputs: [write(path)] })(path), "there");
});

Deno.test("T6 arguments of any kind of data arrive as they were", async () => {
  await using _lab = await openLab();
  const same = app((...values: unknown[]) => values);
  const values = ["hi", "3.14", 3.14, ["foo", 7], null, undefined, 7n, new Date(0), /x/g, new Set([1]), { a: [{}] }];
  assertEquals(await same(...values), values);
  assertEquals(await app((list: readonly [number, number]) => list[0] + list[1])([5, 7]), 12);
});

Deno.test("T7 inputs given when an app is made count for each of its calls", async () => {
  await using lab = await openLab();
  const append = app(async (path: string, text: string) => {
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
    await Deno.writeTextFile(path, text, { append: true });
    return text.length;
  });
  const path = lab.path("before");
  const reader = app((path: string) => Deno.readTextFile(path), { inputs: [append(path, "12"), append(path, "3")] });
  assertEquals((await reader(path)).length, 3);
  assertEquals((await reader(path)).length, 3);
});

Deno.test("T8 what a function throws arrives with its class, name, message and members", async () => {
  await using _lab = await openLab();
  const custom = app(() => {
    class CustomError extends Error {
      override readonly name = "CustomError";
      readonly answer = 42;
    }
    throw new CustomError("mine");
  });
  const { cause } = await failure(custom(), RemoteError);
  assert(cause instanceof Error);
  assertEquals([cause.name, cause.message, "answer" in cause ? cause.answer : 0], ["CustomError", "mine", 42]);
  const range = await failure(
    app(() => {
      throw new RangeError("too far");
    })(),
    RemoteError,
  );
  assert(range.cause instanceof RangeError);
  assertEquals(range.cause.message, "too far");
});

Deno.test("T9 a name that is missing and an import that fails are told as such", async () => {
  await using _lab = await openLab();
  // What a shipped function would not find is found out when the app is made, long before a worker could trip over it.
  assertThrows(() => app(new Function("return oops + 1") as () => number), TypeError, "oops");
  const late = await failure(app(() => (0, eval)("oops") as number)(), RemoteError);
  assert(late.cause instanceof ReferenceError);
  const missing = await failure(app(() => import("node:" + "nothing"))(), RemoteError);
  assert(missing.cause instanceof TypeError);
  assert(missing.message.includes("nothing"), missing.message);
});

Deno.test("T20 futures in tuples, objects, Maps and Sets are waited for and replaced, however deep", async () => {
  await using _lab = await openLab();
  const same = app((x: unknown) => x);
  const one = app((x: number) => x);
  assertEquals(await same([one(1), [one(2)]]), [1, [2]]);
  assertEquals(await same(new Set([one(1), one(2)])), new Set([1, 2]));
  assertEquals(
    await same(new Map<unknown, unknown>([[one(1), one(2)], [3, one(4)]])),
    new Map<unknown, unknown>([[1, 2], [3, 4]]),
  );
  assertEquals(await same({ a: { b: { c: { d: { e: one(5) } } } } }), { a: { b: { c: { d: { e: 5 } } } } });
  assertEquals(await same([[[[[one(6), 7]]]]]), [[[[[6, 7]]]]]);
});

Deno.test("T20 a future deep in an argument that fails keeps the task from running", async () => {
  await using _lab = await openLab();
  const same = app((x: unknown) => x);
  const fail = app((): number => {
    throw new RangeError("inside");
  });
  const error = await failure(same({ a: [new Map([["k", new Set([fail()])]])] }), DependencyError);
  assert(error.cause instanceof RemoteError);
});

Deno.test("T23 an argument may be called like an option: options have a place of their own", async () => {
  await using _lab = await openLab();
  const named = app((options: { readonly cache: number; readonly inputs: string }) => options);
  assertEquals(await named({ cache: 7, inputs: "mine" }), { cache: 7, inputs: "mine" });
});

Deno.test("T24 functions as arguments are refused at the call with the way out, and travel by module", async () => {
  await using lab = await openLab();
  const apply = app((f: (x: number) => number, x: number) => f(x));
  const error = assertThrows(() => apply(Math.abs, 1), SerializationError);
  assert(error.path.includes("1"), error.path);
  assert(error.message.includes("is a function"), error.message);
  const { triple } = apps<typeof import("./fixtures/tasks.ts")>(
    () => import("./fixtures/tasks.ts"),
    import.meta.resolve("./fixtures/tasks.ts"),
  );
  assertEquals(await triple(5), 15);
  assertEquals(lab.wf.summary().tasks, 1, "the refused call made no task");
});

Deno.test("T24 default values are the function's own, and an argument whose members throw is refused at the call", async () => {
  await using _lab = await openLab();
  const scaled = app((x: number, table: readonly number[] = [1, 2, 3], by: number = table.length) => x * by);
  assertEquals([await scaled(2), await scaled(2, [1]), await scaled(2, undefined, 5)], [6, 2, 10]);
  const nasty = {
    get value(): number {
      throw new Error("do not compare me");
    },
  };
  assertThrows(() => app((x: unknown) => x)(nasty), SerializationError, "do not compare me");
});

Deno.test("T25 two calls give two futures and two results, with nothing shared between them", async () => {
  await using _lab = await openLab();
  const make = app((list: number[]) => list, { cache: true });
  const [a, b] = [make([1]), make([1])];
  assertNotStrictEquals(a, b);
  const [first, second] = [await a, await b];
  assertEquals(first, second);
  first.push(2);
  assertEquals([await make([1]), second], [[1], [1]], "changing one result must not change another");
});

Deno.test("T25 an argument that is changed after the call arrives as it was at the call", async () => {
  await using _lab = await openLab();
  const read = app((list: readonly number[]) => list.length);
  const slow = app(async () => {
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
    return 1;
  });
  const list = [1, 2];
  const [direct, waiting] = [read(list), app((list: readonly number[], _: number) => list.length)(list, slow())];
  list.push(3);
  assertEquals([await direct, await waiting], [2, 2]);
});

Deno.test("T31 walltime stops a function that runs too long, even one that never lets go", async () => {
  await using _lab = await openLab({ executors: [{ kind: "threads", maxThreads: 1 }] });
  const spin = app((ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return "done";
  }, { name: "spin" });
  const late = await failure(spin.with({ walltime: 0.1 })(60_000), TaskTimeoutError);
  assertEquals([late.app, late.walltime, late.code], ["spin", 0.1, "TASK_TIMEOUT"]);
  assertEquals(await spin.with({ walltime: 60 })(1), "done", "the only worker was replaced");
});

Deno.test("T31 the timer of a walltime ends with its task, whether that ends well or badly", async () => {
  // The sanitizers of this test fail it if a timer is left.
  await using _lab = await openLab();
  const quick = app((fail: boolean) => {
    if (fail) throw new RangeError("early");
    return 1;
  }, { walltime: "1h" });
  assertEquals(await quick(false), 1);
  await failure(quick(true), RemoteError);
});

Deno.test("T31 a walltime that is no time is refused when the app is made", () => {
  const fn = (x: number) => x;
  for (const walltime of [0, -1, NaN, Infinity, "soon", true]) {
    // @ts-expect-error most of these do not compile either
    assertThrows(() => app(fn, { walltime }), Error, "walltime");
  }
});

Deno.test("T32 a resource that threads do not know is an error at the call, with the key", async () => {
  await using lab = await openLab();
  const same = app((x: number) => x);
  const error = assertThrows(() => same.with({ resources: { cores: 2 } })(1), InvalidResourceSpecificationError);
  assertEquals(error.key, "cores");
  assertEquals(lab.wf.summary().tasks, 0);
  assertEquals(await same.with({ resources: {} })(1), 1);
});

Deno.test("T8 a future tells its error without being awaited", async () => {
  await using lab = await openLab();
  const fail = app(() => {
    throw new URIError("no");
  });
  const future = fail();
  await lab.wf.wait();
  assertEquals(future.state, "failed");
  assert(future.error instanceof RemoteError);
  assertEquals(await errorOf(future), future.error);
});

Deno.test("T6 a file among the arguments of a function arrives with its path", async () => {
  await using lab = await openLab();
  await Deno.writeTextFile(lab.path("in.txt"), "content");
  const read = app((from: { readonly path: string }) => Deno.readTextFile(from.path));
  assertEquals(await read(file(lab.path("in.txt"))), "content");
});

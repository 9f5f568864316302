import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  app,
  bash,
  BashError,
  CancelledError,
  type ConfigInput,
  DependencyError,
  gather,
  join,
  JoinError,
  load,
  map,
  RemoteError,
  type RetryInfo,
  SerializationError,
  sh,
  threads,
  WorkflowError,
} from "../../mod.ts";
import { alive, errorOf, exists, failure, linesOf, openLab, record, tempDir, until } from "./helpers.ts";

/** Fails until it has been tried so many times; its exit code is the number of the try. */
const until3 = bash((log: string, least: number) =>
  sh`echo try >> ${log}; n=$(wc -l < ${log}); [ "$n" -ge ${least} ] || exit "$n"; echo "$n"`
).text();

for (const succeeds of [1, 2, 3]) {
  Deno.test(`T48 with two retries a task that works at try ${succeeds} is done`, async () => {
    await using lab = await openLab({ retries: 2 });
    const future = until3(lab.path("log"), succeeds);
    assertEquals([await future, future.tries], [String(succeeds), succeeds]);
  });
}

Deno.test("T48 a task that always fails is tried three times and fails with its own error", async () => {
  await using lab = await openLab({ retries: 2 });
  const always = app((path: string, _: number): number => {
    Deno.writeTextFileSync(path, "x\n", { append: true });
    throw new TypeError("always");
  });
  const needed = app(() => 1);
  const future = always(lab.path("log"), needed());
  const error = await failure(future, RemoteError);
  assert(error.cause instanceof TypeError);
  assertEquals([(await linesOf(lab.path("log"))).length, future.tries], [3, 3]);
  assertStringIncludes(error.message, "try 3 of 3");
});

Deno.test("T48 without retries a task is tried once", async () => {
  await using lab = await openLab();
  await failure(until3(lab.path("log"), 2), BashError);
  assertEquals((await linesOf(lab.path("log"))).length, 1);
});

Deno.test("T48 a task that could not run for want of another is not retried", async () => {
  await using lab = await openLab({ retries: 2 });
  const asked: string[] = [];
  const retryHandler = (_error: unknown, info: RetryInfo): number => {
    asked.push(info.task);
    return 1;
  };
  const bad = app((): number => {
    throw new RangeError("no");
  }, { retryHandler });
  const after = app((x: number) => x, { retryHandler })(bad());
  await failure(after, DependencyError);
  assertEquals([after.tries, asked], [0, ["t1", "t1", "t1"]]);
  assertEquals(lab.wf.summary().failed, 1);
});

Deno.test("T48 a join body is retried, what it joined is not", async () => {
  await using _lab = await openLab({ retries: 1 });
  let bodies = 0;
  const one = app(() => 1);
  const flaky = join(() => {
    if (++bodies === 1) throw new RangeError("the first time");
    return one();
  });
  assertEquals([await flaky(), bodies], [1, 2]);
  let calls = 0;
  const fail = app((): number => {
    throw new RangeError("always");
  }, { retries: 0 });
  await failure(
    join(() => {
      calls++;
      return fail();
    })(),
    JoinError,
  );
  assertEquals(calls, 1);
});

Deno.test("T49 a handler that says a failure costs 0.5 gives five tries for two retries, and no sixth", async () => {
  await using lab = await openLab({ retries: 2, retryHandler: () => 0.5 });
  const fifth = until3(lab.path("a"), 5);
  assertEquals([await fifth, fifth.tries], ["5", 5]);
  const error = await failure(until3(lab.path("b"), 6), BashError);
  assertEquals([error.exitCode, (await linesOf(lab.path("b"))).length], [5, 5]);
});

Deno.test("T49 a handler is told the error, the app and the try, and may give up at once", async () => {
  await using lab = await openLab();
  const told: unknown[] = [];
  const named = until3.with({
    name: "named",
    retries: 10,
    retryHandler: (error, info) => {
      told.push([error instanceof BashError && error.exitCode, info]);
      return info.try < 3 ? 1 : Infinity;
    },
  });
  await failure(named(lab.path("log"), 100), BashError);
  assertEquals(told, [1, 2, 3].map((n) => [n, { task: "t1", app: "named", try: n }]));
});

Deno.test("T49 what a handler throws becomes the error of the task", async () => {
  await using lab = await openLab({
    retries: 5,
    retryHandler: () => {
      throw new SyntaxError("handler");
    },
  });
  const future = until3(lab.path("log"), 9);
  const error = await failure(future, SyntaxError);
  assertEquals([error.message, future.tries], ["handler", 1]);
});

Deno.test("T49 a handler that gives no number fails the task and says so", async () => {
  await using lab = await openLab({ retries: 5 });
  // Scripts without types can give anything.
  const handler = (() => "often") as unknown as () => number;
  const error = await failure(until3.with({ retryHandler: handler })(lab.path("log"), 9), TypeError);
  assertStringIncludes(error.message, "often");
});

Deno.test("T50 a generator as argument is refused at the call, with its path", async () => {
  await using lab = await openLab();
  const consume = app((options: { readonly items: unknown }) => typeof options.items);
  const items = (function* (): Generator<number> {
    yield 1;
  })();
  const error = assertThrows(() => consume({ items }), SerializationError);
  assertStringIncludes(error.path, ".items");
  assertStringIncludes(error.message, "generator");
  assertEquals(lab.wf.summary().tasks, 0);
});

Deno.test("T50 a result that cannot travel fails the task, with its path", async () => {
  await using _lab = await openLab();
  const error = await failure(app(() => ({ a: [1, () => 2] }))(), SerializationError);
  assertStringIncludes(error.path, ".a[1]");
});

const slow = app(async (path: string) => {
  await new Promise<void>((resolve) => setTimeout(resolve, 100));
  await Deno.writeTextFile(path, "");
  return "done";
});

Deno.test("T52 closing waits for the tasks unless it is told otherwise", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/ran`;
  const { future, after } = await (async () => {
    await using _wf = await load({ runDir: `${dir.path}/runs`, progress: "off" });
    const future = slow(path);
    return { future, after: app((x: string) => x.length)(future) };
  })();
  assertEquals([future.state, after.state, await exists(path)], ["done", "done", true]);
  assertEquals([await future, await after], ["done", 4]);
});

Deno.test("T52 exitMode cancel ends what runs and what waits, and every future is told", async () => {
  await using dir = await tempDir();
  const pid = `${dir.path}/pid`;
  const wf = await load({ runDir: `${dir.path}/runs`, progress: "off", exitMode: "cancel" });
  const sleeper = bash((path: string) => sh`echo $BASHPID > ${path}.new; mv ${path}.new ${path}; sleep 100`).text()(
    pid,
  );
  const waiting = app((x: string) => x)(sleeper);
  await until("the script has begun", () => exists(pid));
  const began = performance.now();
  await wf.close();
  assert(performance.now() - began < 5000);
  assertEquals((await failure(sleeper, CancelledError)).by, "dispose");
  assert(await errorOf(waiting) instanceof Error);
  assert(!alive(Number((await linesOf(pid))[0])));
});

Deno.test("T52 exitMode skip leaves the tasks to themselves: closing does not wait, and they still end", async () => {
  await using dir = await tempDir();
  const path = `${dir.path}/ran`;
  const wf = await load({ runDir: `${dir.path}/runs`, progress: "off", exitMode: "skip" });
  const future = slow(path);
  const after = app((x: string) => x.length)(future);
  await wf.close();
  assertEquals([future.state === "done", await exists(path)], [false, false]);
  assertEquals([await future, await after, await exists(path)], ["done", 4, true]);
  await wf.close();
});

Deno.test("T52 an exit mode that there is not is refused, and nothing is opened", async () => {
  await using dir = await tempDir();
  // The compiler refuses it too.
  const config = { runDir: `${dir.path}/runs`, exitMode: "leave" } as unknown as ConfigInput;
  const error = await errorOf(load(config));
  assert(error instanceof Error);
  assertStringIncludes(error.message, "exitMode");
  assert(!await exists(`${dir.path}/runs`));
});

Deno.test("T52 closing twice does no harm, and brings the workflow before back", async () => {
  await using outer = await openLab();
  const one = app(() => 1);
  const inner = await openLab();
  await one();
  await inner.wf.close();
  await inner[Symbol.asyncDispose]();
  await one();
  await one();
  assertEquals([inner.wf.summary().tasks, outer.wf.summary().tasks], [1, 2]);
});

Deno.test("T52 a future of a closed workflow keeps its value, and is refused as an argument in another", async () => {
  const old = await openLab();
  const same = app((x: number) => x);
  const future = same(5);
  await old.wf.close();
  await old[Symbol.asyncDispose]();
  await using _lab = await openLab();
  assertEquals(await future, 5);
  const error = assertThrows(() => same(future), WorkflowError);
  assertStringIncludes(error.message, "await it");
  assertEquals(await same(await future), 5);
});

function frozen<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) frozen(part);
  return Object.freeze(value);
}

Deno.test("T53 a configuration is not changed by being used, and serves again", async () => {
  await using dir = await tempDir();
  const config = frozen<ConfigInput>({
    runDir: `${dir.path}/runs`,
    progress: "off",
    retries: 1,
    retryBackoff: { initial: "1ms" },
    executors: [threads({ label: "a", maxThreads: 1 }), threads({ label: "b", maxThreads: 1 })],
  });
  const before = Deno.inspect(config, { depth: 9 });
  for (const run of ["0001", "0002"]) {
    await using wf = await load(config);
    assertEquals([wf.run, await app(() => 1)()], [run, 1]);
  }
  assertEquals(Deno.inspect(config, { depth: 9 }), before);
});

Deno.test("T53 how a run went is in its log when it closes", async () => {
  await using dir = await tempDir();
  const wf = await load({ runDir: `${dir.path}/runs`, progress: "off" });
  await app(() => 1)();
  await failure(bash`exit 3`(), BashError);
  await wf.close();
  const text = await Deno.readTextFile(`${wf.runDir}/sluice.log`);
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  assertStringIncludes(last, "1 done");
  assertStringIncludes(last, "1 failed");
});

Deno.test("T55 tasks reach the executor they name, and one that is not there is an error at the call", async () => {
  await using lab = await openLab({
    executors: [threads({ label: "small", maxThreads: 1 }), threads({ label: "large", maxThreads: 2 })],
  });
  const recorded = record(lab.wf);
  const one = app(() => 1);
  for (const label of ["large", "small", "large"]) assertEquals(await one.with({ executors: [label] })(), 1);
  const error = assertThrows(() => one.with({ executors: ["larg"] })());
  assert(error instanceof Error);
  assertStringIncludes(error.message, `"larg"`);
  assertStringIncludes(error.message, "large");
  await lab.wf.close();
  await recorded.end;
  const used = recorded.events.flatMap((e) => e.kind === "TaskLaunched" ? [e.executor] : []);
  assertEquals(used, ["large", "small", "large"]);
});

Deno.test("T55 map() is the pool: results in order, a window of calls at a time, an error when its turn comes", async () => {
  await using lab = await openLab();
  const half = app((n: number) => {
    if (n === 7) throw new RangeError("seven");
    return n / 2;
  });
  const good: number[] = [];
  for await (const x of map(half, [0, 1, 2, 3], { window: 2 })) good.push(x);
  assertEquals(good, [0, 0.5, 1, 1.5]);
  let drawn = 0;
  function* numbers(): Generator<number> {
    for (let n = 0; n < 1000; n++) {
      drawn++;
      yield n;
    }
  }
  const seen: number[] = [];
  const error = await errorOf((async () => {
    for await (const x of map(half, numbers(), { window: 4 })) seen.push(x);
  })());
  assert(error instanceof RemoteError && error.cause instanceof RangeError);
  assertEquals(seen, [0, 0.5, 1, 1.5, 2, 2.5, 3]);
  assert(drawn <= 12, `${drawn} were drawn`);
  await lab.wf.wait();
  assertEquals(await gather([half(1)]), [0.5]);
});

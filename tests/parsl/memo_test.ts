import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { app, AUTO, bash, file, join, output, RemoteError, sh } from "../../mod.ts";
import { failure, linesOf, openLab, record } from "./helpers.ts";

const uuid = app((_: unknown) => crypto.randomUUID(), { name: "uuid", cache: true });
const tick = bash((log: string, text: string) => sh`echo ${text} >> ${log}; date +%s%N`, { name: "tick", cache: true });

Deno.test("T26 a cached function gives the same for the same argument, and runs again for another", async () => {
  await using lab = await openLab();
  const first = await uuid(1);
  const again = uuid(1);
  assertEquals([await again, again.state, again.tries], [first, "memoized", 0]);
  assertNotEquals(await uuid(2), first);
  assertEquals([lab.wf.summary().done, lab.wf.summary().memoized], [3, 1]);
});

Deno.test("T26 a cached script is not run again, and its result is the same to the byte", async () => {
  await using lab = await openLab();
  const log = lab.path("log");
  const first = await tick(log, "a");
  assertEquals(await tick(log, "a"), first);
  assertNotEquals((await tick(log, "b")).stdout, first.stdout);
  assertEquals(await linesOf(log), ["a", "b"]);
});

Deno.test("T26 without cache each call runs", async () => {
  await using _lab = await openLab();
  const plain = uuid.with({ cache: false });
  assertNotEquals(await plain(1), await plain(1));
  assertNotEquals(await uuid(1), await plain(1), "and a call without it leaves nothing for one with it");
});

Deno.test("T26 cache for the whole workflow, and an app that wants none of it", async () => {
  await using _lab = await openLab({ cache: true });
  const follows = app((_: number) => crypto.randomUUID());
  const refuses = app((_: number) => crypto.randomUUID(), { cache: false });
  assertEquals(await follows(1), await follows(1));
  assertNotEquals(await refuses(1), await refuses(1));
});

Deno.test("T26 a future among the arguments counts by its value", async () => {
  await using _lab = await openLab();
  const two = app((x: number) => x + 1);
  assertEquals(await uuid(two(1)), await uuid(2));
  assertEquals(await uuid([two(1)]), await uuid([two(1)]));
});

Deno.test("T26 a cached join is not run again, body and all", async () => {
  await using lab = await openLab();
  let bodies = 0;
  const plain = uuid.with({ cache: false });
  const both = join((n: number) => {
    bodies++;
    return [plain(n), plain(n + 1)];
  }, { cache: true });
  const first = await both(1);
  const again = both(1);
  assertEquals([await again, again.state, bodies], [first, "memoized", 1]);
  await both(2);
  assertEquals([bodies, lab.wf.summary().memoized], [2, 1]);
});

Deno.test("T26 what a script prints as text, as lines and as JSON is kept apart", async () => {
  await using _lab = await openLab();
  const echo = bash((text: string) => sh`echo ${text}`, { cache: true });
  assertEquals(await echo.text()("[1]"), "[1]");
  assertEquals(await echo.lines()("[1]"), ["[1]"]);
  assertEquals(await echo.json()("[1]"), [1]);
  assertEquals((await echo("[1]")).stdout, "[1]\n");
});

Deno.test("T27 an error is never taken from the cache: each call runs, with cache and without", async () => {
  await using lab = await openLab();
  const fail = app((path: string): number => {
    Deno.writeTextFileSync(path, "x", { append: true });
    throw new RangeError(crypto.randomUUID());
  }, { cache: true });
  const log = lab.path("log");
  const [a, b] = [await failure(fail(log), RemoteError), await failure(fail(log), RemoteError)];
  assertNotEquals(a.message, b.message);
  await failure(fail.with({ cache: false })(log), RemoteError);
  assertEquals(await linesOf(log), ["xxx"]);
});

Deno.test("T27 an equal task that waits for one under way runs itself when that one fails", async () => {
  await using lab = await openLab();
  const once = app(async (path: string) => {
    await new Promise<void>((resolve) => setTimeout(resolve, 30));
    const first = await Deno.stat(path).then(() => false, () => true);
    await Deno.writeTextFile(path, "");
    if (first) throw new RangeError("the first one fails");
    return "well";
  }, { cache: true });
  const [a, b] = [once(lab.path("mark")), once(lab.path("mark"))];
  await failure(a, RemoteError);
  assertEquals([await b, b.state], ["well", "done"]);
});

Deno.test("T28 every kind of data that can be an argument has a key", async () => {
  await using lab = await openLab();
  await Deno.writeTextFile(lab.path("in"), "content");
  const kinds: [string, () => unknown][] = [
    ["undefined", () => undefined],
    ["null", () => null],
    ["a bigint", () => 7n],
    ["-0", () => -0],
    ["NaN", () => NaN],
    ["a Set", () => new Set([1, "a"])],
    ["a Map", () => new Map([[{ a: 1 }, [2]]])],
    ["bytes", () => new Uint8Array([1, 2])],
    ["a Date", () => new Date(0)],
    ["a RegExp", () => /a/g],
    ["an Error", () => new RangeError("x")],
    ["a file", () => file(lab.path("in"))],
    ["a nested mix", () => ({ b: [new Set([new Map([[1, 2n]])])], a: null })],
  ];
  const seen = new Set<string>();
  for (const [what, make] of kinds) {
    const first = await uuid(make());
    const again = uuid(make());
    assertEquals([await again, again.state], [first, "memoized"], what);
    seen.add(first);
  }
  assertEquals(seen.size, kinds.length, "and no two have the same");
});

Deno.test("T28 a join argument that has no key runs each time, with a warning that says why", async () => {
  await using lab = await openLab();
  const recorded = record(lab.wf);
  class Model {
    readonly x = 1;
  }
  const plain = uuid.with({ cache: false });
  const use = join((model: Model) => plain(model.x), { cache: true, name: "use" });
  assertNotEquals(await use(new Model()), await use(new Model()));
  await lab.wf.close();
  await recorded.end;
  const warnings = recorded.events.flatMap((e) => e.kind === "Warning" ? [e.message] : []);
  assert(warnings.some((w) => w.includes("use") && w.includes("Model")), Deno.inspect(warnings));
});

Deno.test("T30 a stream named by AUTO is no part of the key, a named one is", async () => {
  await using lab = await openLab();
  const options = Object.freeze({ stdout: AUTO });
  const log = lab.path("log");
  const auto = tick.with(options);
  await auto(log, "a");
  const again = auto(log, "a");
  await again;
  assertEquals([again.state, await linesOf(log)], ["memoized", ["a"]]);
  assertEquals(options, { stdout: AUTO });
  await tick.with({ stdout: lab.path("one") })(log, "b");
  const same = tick.with({ stdout: lab.path("one") })(log, "b");
  await same;
  await tick.with({ stdout: lab.path("two") })(log, "b");
  assertEquals([same.state, await linesOf(log)], ["memoized", ["a", "b", "b"]], "the file two must be written");
});

Deno.test("T30 options that only say how a task runs are no part of the key", async () => {
  await using _lab = await openLab();
  const first = await uuid(1);
  const variants = [
    uuid.with({ priority: 1 }),
    uuid.with({ retries: 3 }),
    uuid.with({ walltime: "1h" }),
    uuid.with({ name: "other" }),
    uuid.with({ executors: ["threads"] }),
  ];
  for (const variant of variants) assertEquals(await variant(1), first, variant.appName);
});

Deno.test("T30 options that change what a script does are part of the key", async () => {
  await using lab = await openLab();
  const log = lab.path("log");
  await Deno.mkdir(lab.path("d"));
  const base = tick.with({ env: { A: "1" } });
  await base(log, "x");
  await base(log, "x");
  assertEquals((await linesOf(log)).length, 1);
  await tick.with({ env: { A: "2" } })(log, "x");
  await base.with({ cwd: lab.path("d") })(log, "x");
  await base.with({ strict: false })(log, "x");
  await base.with({ outputs: [output(log)] })(log, "x");
  assertEquals((await linesOf(log)).length, 5);
});

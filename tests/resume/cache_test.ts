import { assert, assertEquals, assertNotStrictEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { app, bash, file, join, output, RemoteError, ResultError, sh, type TaskFuture } from "../../mod.ts";
import { explainCache } from "../../lib/cli/explain_cache.ts";
import { openRun, tempDir, warningsOf } from "./helpers.ts";

/** Adds a line to a file and gives a fresh object. */
const noted = app(async (log: string, line: string) => {
  await new Promise<void>((resolve) => setTimeout(resolve, 20));
  await Deno.writeTextFile(log, `${line}\n`, { append: true });
  return { line };
}, { name: "noted" });

async function linesOf(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path)).split("\n").slice(0, -1);
}

Deno.test("cache: equal calls in flight are run once, and each has a value of its own", async () => {
  for (const checkpointMode of ["taskExit", "exit", "manual"] as const) {
    using dir = tempDir();
    const log = dir.path("log");
    await using wf = await openRun(dir, { checkpointMode });
    const tasks = Array.from({ length: 50 }, () => noted(log, "once"));
    const scripts = Array.from({ length: 20 }, () => bash`echo twice >> ${log}; echo x`.text()());
    const values = await Promise.all(tasks);
    await Promise.all(scripts);
    assertEquals((await linesOf(log)).sort(), ["once", "twice"], checkpointMode);
    assertEquals(tasks.map((t) => t.state).filter((s) => s === "memoized").length, 49, checkpointMode);
    assertNotStrictEquals(values[0], values[1]);
    const [first] = values;
    assert(first !== undefined);
    first.line = "changed by the script";
    assertEquals(await noted(log, "once"), { line: "once" }, checkpointMode);
    assertEquals(wf.summary().memoized, 49 + 19 + 1);
  }
});

Deno.test("cache: equal calls in flight write their outputs once", async () => {
  using dir = tempDir();
  await using _wf = await openRun(dir);
  const log = dir.path("log");
  const make = (): TaskFuture<unknown> => bash`echo made >> ${log}; echo content > ${output(dir.path("out"))}`();
  await Promise.all([make(), make(), make()]);
  assertEquals(await linesOf(log), ["made"]);
});

Deno.test("cache: a failure is never kept, not even for those that wait for it", async () => {
  using dir = tempDir();
  const log = dir.write("log", "");
  const fail = app(async (log: string) => {
    await Deno.writeTextFile(log, "x\n", { append: true });
    throw new Error("no");
  }, { name: "fail" });
  for (let run = 1; run <= 2; run++) {
    await using _wf = await openRun(dir);
    const tasks = [fail(log), fail(log), fail(log)];
    for (const task of tasks) await assertRejects(() => Promise.resolve(task), RemoteError);
    assertEquals((await linesOf(log)).length, 3 * run);
  }
});

Deno.test("cache: what was cancelled while it waited for an equal task leaves that one alone", async () => {
  using dir = tempDir();
  const log = dir.path("log");
  {
    await using _wf = await openRun(dir);
    const [first, second, third] = [noted(log, "a"), noted(log, "a"), noted(log, "a")];
    const gone = assertRejects(() => Promise.resolve(second));
    setTimeout(() => second.cancel(), 5);
    await Promise.all([first, third, gone]);
    assertEquals([first.state, second.state, third.state], ["done", "cancelled", "memoized"]);
  }
  await using _wf = await openRun(dir);
  const later = noted(log, "a");
  await later;
  assertEquals([later.state, await linesOf(log)], ["memoized", ["a"]]);
});

Deno.test("cache: of an app, of a workflow, and cache: false goes before both", async () => {
  const one = app((x: number) => x);
  const states = async (workflow: boolean): Promise<unknown> => {
    using dir = tempDir();
    await using _wf = await openRun(dir, { cache: workflow });
    const all: string[] = [];
    for (const each of [one, one.with({ cache: true }), one.with({ cache: false })]) {
      await each(1);
      const again = each(1);
      await again;
      all.push(again.state);
    }
    return all;
  };
  assertEquals(await states(true), ["memoized", "memoized", "done"]);
  assertEquals(await states(false), ["done", "memoized", "done"]);
});

Deno.test("cache: a result is judged by the schema of the app that asks, and what a schema makes of it is not kept", async () => {
  using dir = tempDir();
  class Box {
    constructor(readonly n: number) {}
  }
  const text = (x: number): string => String(x);
  const shout = (): ReturnType<typeof sh> => sh`echo '{"n":1,"m":2}'`;
  {
    await using _wf = await openRun(dir);
    const boxed = app({ returns: z.string().transform((s) => new Box(Number(s))) }, text as never);
    assertEquals(await boxed(1), new Box(1));
    const again = boxed(1);
    assertEquals([await again, again.state], [new Box(1), "memoized"]);
    await bash(shout).json(z.object({ n: z.number() }))();
  }
  await using wf = await openRun(dir);
  const length = app({ returns: z.string().transform((s) => s.length) }, text as never);
  const other = length(1);
  assertEquals([await other, other.state], [1, "memoized"]);
  const both = bash(shout).json(z.object({ n: z.number(), m: z.number() }))();
  assertEquals([await both, both.state], [{ n: 1, m: 2 }, "memoized"]);
  // What does not fit any more is made again, and judged again.
  const wrong = app({ returns: z.number() }, text as never)(1);
  await assertRejects(() => Promise.resolve(wrong), ResultError);
  await wf.close();
  assertStringIncludes(explainCache(dir.path("runs", "0002"), `t${wrong.id}`), "its result does not fit");
});

Deno.test("cache: a join of a cached workflow calls its body again, so that it sees changes in what it calls", async () => {
  using dir = tempDir();
  const body = (factor: number): TaskFuture<number> => scale(factor);
  let scale = app((x: number) => x * 10, { name: "scale" });
  {
    await using _wf = await openRun(dir);
    assertEquals(await join(body)(2), 20);
  }
  {
    await using wf = await openRun(dir);
    assertEquals(await join(body)(2), 20);
    assertEquals(wf.summary().memoized, 1, "what it calls comes from the cache");
  }
  scale = app((x: number) => x * 100, { name: "scale" });
  await using _wf = await openRun(dir);
  assertEquals(await join(body)(2), 200);
});

Deno.test("cache: a join that calls itself with the same arguments until something is there does not wait for itself", async () => {
  using dir = tempDir();
  await using _wf = await openRun(dir);
  let calls = 0;
  const leaf = app((x: string) => x);
  const poll = join((what: string): TaskFuture<string> => ++calls < 5 ? poll(what) : leaf(what), { cache: true });
  assertEquals(await poll("there"), "there");
  assertEquals(calls, 5);
  const again = poll("there");
  assertEquals([await again, again.state, calls], ["there", "memoized", 5]);
});

Deno.test("cache: what cannot be kept is told and costs nothing else", async () => {
  using dir = tempDir();
  class Model {
    readonly n = 1;
  }
  const wf = await openRun(dir);
  const warnings = warningsOf(wf);
  const leaf = app((x: number) => x);
  const model = app({ returns: z.number().transform(() => new Model()) }, ((x: number) => x) as never);
  const wrapped = join(() => [model(1), leaf(2)], { cache: true, name: "wrapped" });
  assertEquals(await wrapped(), [new Model(), 2] as never);
  assertEquals(await wrapped(), [new Model(), 2] as never);
  const pipe = dir.path("pipe");
  assertEquals((await new Deno.Command("mkfifo", { args: [pipe] }).output()).code, 0);
  const unreadable = leaf.with({ inputs: [file(pipe)], name: "unreadable" })(3);
  assertEquals(await unreadable, 3);
  await wf.close();
  const told = await warnings();
  assertEquals(told.length, 3, told.join("\n"));
  assertStringIncludes(told[0] ?? "", `Cannot keep the result of t1 "wrapped"`);
  assertStringIncludes(told[2] ?? "", `"unreadable": ${pipe} is not a file or a directory`);
  assertStringIncludes(explainCache(dir.path("runs", "0001"), `t${unreadable.id}`), "it cannot be cached");
});

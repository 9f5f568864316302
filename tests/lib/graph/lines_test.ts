import { assertEquals, assertRejects } from "@std/assert";
import { app } from "../../../lib/apps/function_app.ts";
import { bash } from "../../../lib/apps/bash_app.ts";
import { sh } from "../../../lib/apps/sh.ts";
import { BashError } from "../../../lib/errors/mod.ts";
import { type Bench, exited, openBench } from "./fake_executor.ts";

const run = bash(() => sh`seq 10`, { name: "seq" });

/** A capture file as a shell has one, which the next script gets when this one has ended. */
async function capture(): Promise<{ path: string; add(text: string): void; reuse(text: string): void } & Disposable> {
  const path = await Deno.makeTempFile();
  return {
    path,
    add: (text) => Deno.writeTextFileSync(path, text, { append: true }),
    reuse: (text) => Deno.writeTextFileSync(path, text),
    [Symbol.dispose]: () => Deno.removeSync(path),
  };
}

function exitOf(bench: Bench, stdout: string, code = 0): void {
  bench.executor.end(bench.executor.first, { kind: "shell", end: exited(code, stdout) });
}

Deno.test("TaskFuture.lines() yields lines as they come, whole, and the last one without its end", async () => {
  using bench = openBench();
  using file = await capture();
  const lines = run().lines();
  bench.executor.begin(bench.executor.first, file.path);
  file.add("one\nt");
  assertEquals((await lines.next()).value, "one");
  const second = lines.next();
  file.add("wo\n\nä");
  assertEquals([(await second).value, (await lines.next()).value], ["two", ""]);
  file.add(" end");
  exitOf(bench, "one\ntwo\n\nä end");
  assertEquals(await Array.fromAsync(lines), ["ä end"]);
});

Deno.test("TaskFuture.lines() never yields lines of the script that got the file next", async () => {
  using bench = openBench();
  using file = await capture();
  const lines = run().lines();
  bench.executor.begin(bench.executor.first, file.path);
  file.add("mine 1\n");
  assertEquals((await lines.next()).value, "mine 1");
  exitOf(bench, "mine 1\nmine 2\nmine 3\n");
  file.reuse("another\nanother\nanother\nanother\n");
  assertEquals(await Array.fromAsync(lines), ["mine 2", "mine 3"]);
});

Deno.test("TaskFuture.lines() of a task that is over already yields what it wrote", async () => {
  using bench = openBench();
  using file = await capture();
  for (const one of [run, run.text(), run.lines()]) {
    const future = one();
    bench.executor.begin(bench.executor.first, file.path);
    file.reuse("another\n");
    exitOf(bench, "a\nb\n");
    assertEquals(await Array.fromAsync(future.lines()), ["a", "b"]);
  }
});

Deno.test("TaskFuture.lines() reads characters that come in pieces", async () => {
  using bench = openBench();
  using file = await capture();
  const lines = run().lines();
  bench.executor.begin(bench.executor.first, file.path);
  const bytes = new TextEncoder().encode("x\nä€😀\n");
  await Deno.writeFile(file.path, bytes.subarray(0, 3), { append: true });
  assertEquals((await lines.next()).value, "x");
  const next = lines.next();
  for (let i = 3; i < bytes.length; i++) await Deno.writeFile(file.path, bytes.subarray(i, i + 1), { append: true });
  assertEquals((await next).value, "ä€😀");
  exitOf(bench, "x\nä€😀\n");
  assertEquals(await Array.fromAsync(lines), []);
});

Deno.test("TaskFuture.lines() yields what a failed task wrote, then throws its error, which is seen", async () => {
  using bench = openBench();
  const future = run();
  const lines = future.lines();
  const first = lines.next();
  exitOf(bench, "before it failed\n", 3);
  assertEquals((await first).value, "before it failed");
  await assertRejects(() => lines.next(), BashError, "exited with 3");
  assertEquals(bench.kernel.failures.unseen, 0);
});

Deno.test("TaskFuture.lines() goes on with the next try", async () => {
  using bench = openBench({ retries: 1 });
  using file = await capture();
  const lines = run().lines();
  bench.executor.begin(bench.executor.first, file.path);
  file.add("first try, not e");
  const [one, two] = [lines.next(), lines.next()];
  file.add("nded");
  exitOf(bench, "first try, not ended", 1);
  bench.executor.begin(bench.executor.first, file.path);
  file.reuse("second try\n");
  exitOf(bench, "second try\n");
  const got = [(await one).value, (await two).value, ...await Array.fromAsync(lines)].filter((l) => l !== undefined);
  assertEquals(got.at(-1), "second try");
});

Deno.test("TaskFuture.lines() of a file that is added to begins where the task does", async () => {
  using bench = openBench();
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "from before\n");
  const future = run.with({ stdout: path })();
  const lines = future.lines();
  const first = lines.next();
  await Deno.writeTextFile(path, "mine\n", { append: true });
  assertEquals((await first).value, "mine");
  bench.executor.exit(0);
  assertEquals(await Array.fromAsync(lines), []);
  assertEquals(await Array.fromAsync(future.lines()), ["mine"]);
  await Deno.remove(path);
});

Deno.test("TaskFuture.lines() of a file that is written anew waits until the task runs", async () => {
  using bench = openBench();
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "from an earlier run\n");
  const lines = run.with({ stdout: { path } })().lines();
  const first = lines.next();
  await new Promise((resolve) => setTimeout(resolve, 0));
  await Deno.writeTextFile(path, "");
  bench.executor.begin();
  await Deno.writeTextFile(path, "mine\n");
  assertEquals((await first).value, "mine");
  bench.executor.exit(0);
  assertEquals(await Array.fromAsync(lines), []);
  await Deno.remove(path);
});

Deno.test("TaskFuture.lines() ends with its signal, and neither that nor a break stops the task", async () => {
  using bench = openBench();
  using file = await capture();
  const future = run();
  bench.executor.begin(bench.executor.first, file.path);
  file.add("one\ntwo\n");
  const controller = new AbortController();
  const lines = future.lines({ signal: controller.signal });
  assertEquals((await lines.next()).value, "one");
  assertEquals((await lines.next()).value, "two");
  const next = lines.next();
  controller.abort(new Error("enough"));
  await assertRejects(() => next, Error, "enough");
  for await (const line of future.lines()) {
    assertEquals(line, "one");
    break;
  }
  assertEquals(future.state, "running");
  exitOf(bench, "one\ntwo\n");
  assertEquals((await future).exitCode, 0);
});

Deno.test("TaskFuture.lines() of a function app says that there are none", async () => {
  using _bench = openBench();
  await assertRejects(() => app(() => 1, { name: "fn" })().lines().next(), TypeError, 'of t1 "fn": only bash apps');
});

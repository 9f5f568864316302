import { assertEquals, assertStringIncludes } from "@std/assert";
import { app, CancelledError, threads } from "../../../mod.ts";
import { exists, failure, openLab, until } from "../../parsl/helpers.ts";

/** Says that it runs, and never lets go. */
const spin = app((mark: string): void => {
  Deno.writeTextFileSync(mark, "");
  for (;;);
}, { name: "spin" });

const square = app((x: number): number => x * x);
const touch = app((mark: string): void => Deno.writeTextFileSync(mark, ""));

Deno.test("threads: cancel() of a function that waits for a worker keeps it from running", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 1 })] });
  const running = spin(lab.path("running"));
  // More than a worker is given ahead: some wait with the worker, some in the queue.
  const waiting = Array.from({ length: 40 }, (_, i) => touch(lab.path(`waiting-${i}`)));
  await until("the first runs", () => exists(lab.path("running")));
  for (const future of waiting.slice(0, -1)) future.cancel();
  for (const future of waiting.slice(0, -1)) await failure(future, CancelledError);
  running.cancel();
  await failure(running, CancelledError);
  await waiting.at(-1);
  const names = (await Array.fromAsync(Deno.readDir(lab.dir))).map((entry) => entry.name);
  const marks = names.filter((name) => name.startsWith("waiting-"));
  assertEquals(marks, ["waiting-39"]);
  const { cancelled, done } = lab.wf.summary();
  assertEquals([cancelled, done], [40, 1]);
});

Deno.test("threads: an aborted signal ends functions that run and those that wait", async () => {
  await using lab = await openLab({ executors: [threads({ maxThreads: 2 })] });
  const abort = new AbortController();
  const mine = [1, 2, 3, 4].map((i) => spin.with({ signal: abort.signal })(lab.path(`mark-${i}`)));
  await until("two run", async () => await exists(lab.path("mark-1")) && await exists(lab.path("mark-2")));
  abort.abort(new Error("no time"));
  for (const future of mine) assertStringIncludes((await failure(future, CancelledError)).message, "no time");
  assertEquals(await exists(lab.path("mark-3")), false);
  assertEquals(await square(5), 25);
});
